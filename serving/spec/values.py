"""The scalar values of a spec: what each may look like, said in words that a user can act on."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

DNS_LABEL = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
"""RFC 1035 section 2.3.1, lower case: cloud resource names accept nothing wider."""
DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
"""RFC 1123 section 2.1, at least two labels, lower case."""
HEADER = r"^[a-z0-9!#$%&'*+.^_`|~-]+$"
"""RFC 9110 section 5.6.2, a token; lower case as HTTP/2 and Envoy have it."""
URL_PATH = r"^/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$"
"""RFC 3986 section 3.3, absolute."""
TEXT = r"^\S(.*\S)?$"
"""One line, no blanks around it."""
NAME_LENGTH = 40
"""Leaves room for a suffix of 23 characters within the 63 of a DNS label and of a GCP resource name."""


def bad_value(problem: str, mend: str = "") -> PydanticCustomError:
    """The error for a value that has the right type and the wrong content."""
    return PydanticCustomError("spec_value", "{problem}", {"problem": problem, "mend": mend})


def shown(value: Any) -> str:
    """A value as an error message shows it: text in double quotes and cut short, no contents of lists."""
    match value:
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:56]}…"'
        case bool():
            return str(value).lower()
        case None:
            return "an empty value"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return str(value)[:60]


def _text(value: str) -> str:
    if not value.strip():
        raise bad_value("is empty", "write some text, or leave the key out")
    if value != value.strip() or not value.isprintable():
        raise bad_value(
            f"{shown(value.strip())} has blanks around it or characters that cannot be printed", "remove them"
        )
    return value


def _dns_label(value: str) -> str:
    if len(value) > NAME_LENGTH:
        raise bad_value(f"{shown(value)} has {len(value)} characters", f"use at most {NAME_LENGTH}")
    if not re.fullmatch(DNS_LABEL, value):
        raise bad_value(
            f"{shown(value)} is not a name that clouds accept",
            "use lower-case letters, digits and dashes, with a letter at the front",
        )
    return value


def _domain(value: str) -> str:
    if len(value) > 253 or not re.fullmatch(DOMAIN, value):
        raise bad_value(f"{shown(value)} is not a domain name", "write it like chat.example.com")
    return value


def _header(value: str) -> str:
    if not re.fullmatch(HEADER, value):
        raise bad_value(f"{shown(value)} is not an HTTP header", "write it in lower case, like x-session-id")
    return value


def _url_path(value: str) -> str:
    if not re.fullmatch(URL_PATH, value):
        raise bad_value(f"{shown(value)} is not a URL path", "write it like /health")
    return value


Text = Annotated[str, Strict(), AfterValidator(_text), WithJsonSchema({"type": "string", "pattern": TEXT})]
"""Text of one line that is not empty."""
DnsLabel = Annotated[
    str,
    Strict(),
    AfterValidator(_dns_label),
    WithJsonSchema({"type": "string", "pattern": DNS_LABEL, "maxLength": NAME_LENGTH}),
]
"""A name that becomes part of resource names: a DNS label of at most 40 characters."""
Domain = Annotated[
    str,
    Strict(),
    AfterValidator(_domain),
    WithJsonSchema({"type": "string", "pattern": DOMAIN, "maxLength": 253}),
]
"""A fully qualified domain name."""
HeaderName = Annotated[
    str, Strict(), AfterValidator(_header), WithJsonSchema({"type": "string", "pattern": HEADER})
]
"""The name of an HTTP header, in lower case."""
UrlPath = Annotated[
    str, Strict(), AfterValidator(_url_path), WithJsonSchema({"type": "string", "pattern": URL_PATH})
]
"""An absolute path of a URL, without query."""
Count = Annotated[int, Strict(), Field(ge=1, le=2**31 - 1)]
"""A whole number of at least 1, within 32 bits as every framework's flags have it."""
