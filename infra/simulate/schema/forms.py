"""Forms of strings that providers check by a function of their own: addresses, ARNs, JSON, times."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

_ARN: Final = re.compile(r"arn:aws(-[a-z]+)*:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
# The account in an ARN or alone: 12 digits; a few names that AWS uses for its own.
_ACCOUNT: Final = re.compile(r"\d{12}")
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DURATION: Final = re.compile(r"-?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+")


def _json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _time(text: str) -> bool:
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True


def _address(version: int | None) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return version in (None, ipaddress.ip_address(text).version)
        except ValueError:
            return False

    return check


def _network(version: int | None, *, strict: bool = True) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        if "/" not in text:
            return False
        try:
            # Strict: host bits set is what EC2 refuses as "not a valid CIDR block".
            return version in (None, ipaddress.ip_network(text, strict=strict).version)
        except ValueError:
            return False

    return check


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


FORMS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "account": (lambda text: bool(_ACCOUNT.fullmatch(text)), "must be an AWS account id: 12 digits"),
    "arn": (
        lambda text: bool(_ARN.fullmatch(text)),
        "must be an ARN: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE",
    ),
    "base64": (_base64, "must be base64"),
    "boolean": (lambda text: text in ("true", "false", "1", "0"), "must be true or false"),
    "cidr": (_network(None), "must be a network such as 10.0.0.0/16, without host bits"),
    "cidr_range": (_network(None, strict=False), "must be a range of addresses such as 10.0.0.0/16"),
    "cidr4": (_network(4), "must be an IPv4 network such as 10.0.0.0/16, without host bits"),
    "cidr6": (_network(6), "must be an IPv6 network such as 2001:db8::/56, without host bits"),
    "duration": (lambda text: bool(_DURATION.fullmatch(text)), "must be a duration such as 30s or 10m"),
    "https": (lambda text: text.startswith("https://"), "must be a URL that begins with https://"),
    "integer": (lambda text: bool(re.fullmatch(r"-?\d+", text)), "must be a whole number"),
    "ip": (_address(None), "must be an IP address"),
    "ip4": (_address(4), "must be an IPv4 address"),
    "ip6": (_address(6), "must be an IPv6 address"),
    "json": (_json, "must be JSON"),
    "number": (_number, "must be a number"),
    "rfc3339": (_time, "must be a time such as 2026-11-24T18:00:00Z"),
    "url": (lambda text: text.startswith(("http://", "https://")), "must be a URL"),
}
"""Name → its check and what to say. Providers let an empty string through: callers do not ask about it."""
