"""`rollout.eval`: the quality gate, prompts that a new version must answer well before it gets traffic."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, Strict, WithJsonSchema

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count, Text, bad_value

API_BASE = r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$"
"""RFC 3986: http or https, a host, a path; no user, query or fragment, where secrets would be written."""
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
"""POSIX 1003.1 section 3.216, the name of an environment variable."""

Check = Literal["exact", "json-schema", "regex", "judge-endpoint"]


def _api_base(value: str) -> str:
    if not re.fullmatch(API_BASE, value) or not _is_url(value):
        # Not shown: it may hold a password or a key.
        raise bad_value(
            "is not the address of an API",
            "write it like https://api.example.com/v1, without a key or a query",
        )
    return value


def _is_url(value: str) -> bool:
    try:
        address = urlsplit(value)
        return bool(address.hostname) and (address.port is None or address.port > 0)
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False


def _variable(value: str) -> str:
    if not re.fullmatch(VARIABLE, value):
        # Not shown: it may be the key itself, written in the wrong place.
        raise bad_value(
            "is not the name of an environment variable",
            "write the name of the variable that holds the key, like JUDGE_API_KEY, not the key",
        )
    return value


ApiBase = Annotated[
    str, Strict(), AfterValidator(_api_base), WithJsonSchema({"type": "string", "pattern": API_BASE})
]
"""The address of an OpenAI-compatible API, up to what `/chat/completions` is added to."""
VariableName = Annotated[
    str, Strict(), AfterValidator(_variable), WithJsonSchema({"type": "string", "pattern": VARIABLE})
]


class Evaluation(SpecSection):
    """The quality gate: a new version is asked these prompts, and goes back when too few answers pass."""

    prompts: Text = Field(
        description="A file of prompts, one JSON object a line; its path is taken from the spec's folder.",
        examples=["gate.jsonl"],
    )
    check: Check = Field(
        description=(
            "exact: the answer is the text expected; json-schema: it is JSON of the schema; regex: the "
            "pattern is found in it; judge-endpoint: another model says that it is good."
        ),
        examples=["exact"],
    )
    min_pass: Annotated[float, Strict(), Field(ge=0, le=1)] = Field(
        default=0.95,
        description="The share of the answers that must pass; 0.95 when absent.",
        examples=[0.95],
    )
    max_tokens: Count = Field(
        default=256, description="Tokens of an answer at most; 256 when absent.", examples=[256]
    )
    endpoint: ApiBase | None = Field(
        default=None,
        description="The OpenAI-compatible API that judges, for judge-endpoint.",
        examples=["https://api.example.com/v1"],
    )
    model: Text | None = Field(
        default=None, description="The model that judges, for judge-endpoint.", examples=["judge-large"]
    )
    key_env: VariableName | None = Field(
        default=None,
        description="The environment variable that holds the endpoint's key; no key is sent when absent.",
        examples=["JUDGE_API_KEY"],
    )
