"""Finds what a resource's inputs name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from llmdeploy.infra.simulate.references import aws_rules, azure_rules, gcp_rules
from llmdeploy.infra.simulate.references.rule import Rule
from llmdeploy.infra.simulate.schema import UNKNOWN

_AWS_ID: Final = re.compile(
    r"^(vpc|subnet|sg|rtb|igw|nat|eipalloc|lt|vpce|pl|eni|cr|acl|eigw|tgw|i|vol)-[0-9a-f]{8,17}$"
)
_ARN: Final = re.compile(r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9a-z]*:[^\s*{}]+$")
_ARM_ID: Final = re.compile(r"^/subscriptions/[0-9a-f-]+/resourceGroups/[^\s{}]+$")
_RULES: Final = {"aws": aws_rules.RULES, "gcp": gcp_rules.RULES, "azure-native": azure_rules.RULES}
_LINK: Final = re.compile(
    r"^(?:https://www\.googleapis\.com/compute/(?:v1|beta)/|//[a-z]+\.googleapis\.com/)?(projects/[^\s*{}\"]+)$"
)

_TEXT: Final = frozenset(
    {
        "tags",
        "labels",
        "userData",
        "description",
        "metadata",
        "environment",
        "metadataStartupScript",
        "policy",
    }
)
"""Free text, in which what looks like a reference may be anything."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names something; `rule` says what, when the name of the property says it."""

    path: str
    value: str
    rule: Rule | None


def mentions(token: str, inputs: Mapping[str, Any]) -> list[Mention]:
    """Every place in the inputs that names another resource; nothing unknown."""
    return list(_walk(token, "", (), inputs))


def looks_made(value: str) -> bool:
    """Whether nobody could know this before the resource was made: it holds digits that the cloud draws."""
    return bool(_AWS_ID.match(value))


def _walk(token: str, path: str, names: tuple[str, ...], value: Any) -> Iterator[Mention]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _TEXT and not key.startswith("__"):
                yield from _walk(token, f"{path}.{key}" if path else key, (*names[-1:], key), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _walk(token, f"{path}[{index}]", names, each)
    elif isinstance(value, str) and value and value is not UNKNOWN:
        yield from _mention(token, path, names, value)


def _mention(token: str, path: str, names: Sequence[str], value: str) -> Iterator[Mention]:
    rule = rule_for(token, ".".join(names), names[-1]) if names else None
    if rule is not None and (not rule.matches or re.search(rule.matches, value)):
        yield Mention(path, value, rule)
    elif _speaks_for_itself(token, value):
        yield Mention(path, value, None)


def _speaks_for_itself(token: str, value: str) -> bool:
    """Whether the value can be nothing but a reference, whatever its property is called."""
    if token.startswith("aws:"):
        return bool(_AWS_ID.match(value) or _ARN.match(value))
    if token.startswith("azure-native:"):
        return bool(_ARM_ID.match(value))
    return bool(_LINK.match(value))


@cache
def rule_for(token: str, last_two: str, last: str) -> Rule | None:
    """What a property means, by the last two names of its path or the last alone; None for what means
    nothing.
    """
    rules = _RULES[token.partition(":")[0]]
    at_the_top = last_two == last
    for name in (last_two, last):
        for rule in rules:
            # A resource's own name is no reference to it, as `bucket` of a bucket.
            own = at_the_top and token in rule.tokens
            if name in rule.properties and not own and (not rule.only or token in rule.only):
                return rule
    return None
