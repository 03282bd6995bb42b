"""Maps the provider's names to Pulumi's: snake_case to camelCase, and lists to their plurals."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

# Renames that no rule gives: the SDK takes the object for its id, or drops a repetition.
RENAMED: Final = {
    "alarm_name": "name",
    "api_id": "restApi",
    "deployment_id": "deployment",
    "function_name": "function",
    "log_group_name": "logGroup",
    "rest_api_id": "restApi",
    "topic_arn": "topic",
}


def camel(name: str) -> str:
    """`http_tokens` → `httpTokens`."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def property_name(name: str, known: Container[str]) -> str | None:
    """The name that the SDK has for it among `known`; None when it has none."""
    base = camel(name)
    candidates = [base, *_plurals(base), *_singulars(base), RENAMED.get(name, base)]
    return next((candidate for candidate in candidates if candidate in known), None)


def _plurals(name: str) -> list[str]:
    out = [f"{name}s", f"{name}es"]
    if name.endswith("y"):
        out.append(f"{name[:-1]}ies")
    if name.endswith("is"):
        out.append(f"{name[:-2]}es")
    if name.endswith("x"):
        out.append(f"{name[:-1]}ces")
    return out


def _singulars(name: str) -> list[str]:
    out = []
    if name.endswith("ies"):
        out.append(f"{name[:-3]}y")
    if name.endswith("es"):
        out.append(name[:-2])
    if name.endswith("s"):
        out.append(name[:-1])
    return out


def folded(name: str) -> str:
    """A form in which both sides' names are equal when they mean the same: lower case, no plural."""
    plain = name.replace("_", "").lower()
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    for ending in ("ses", "xes", "ches"):
        if plain.endswith(ending):
            return plain[:-2]
    return plain.removesuffix("s")
