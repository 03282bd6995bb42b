"""A value for an output that no table knows: from its name and type."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.schema.property_type import Kind

CREATED: Final = "2026-01-01T00:00:00Z"
"""When everything was made: golden files must not change by the day."""

_PREFIXES: Final = {
    "vpcId": "vpc",
    "routeTableId": "rtb",
    "securityGroupId": "sg",
    "networkAclId": "acl",
    "networkInterfaceId": "eni",
    "dhcpOptionsId": "dopt",
    "associationId": "assoc",
    "prefixListId": "pl",
    "subnetId": "subnet",
}
_STATES: Final = frozenset({"status", "state", "lifecycleState"})
_TIMES: Final = ("Time", "Timestamp", "Date", "At")


def guess(name: str, kind: Kind, seed: Seed) -> Any:
    """The value, or None where a real cloud also has nothing to say."""
    if kind == "string":
        return _text(name, seed)
    return {"list": [], "map": {}, "boolean": False, "integer": 0, "number": 0}.get(kind)


def _text(name: str, seed: Seed) -> str:
    for ending, prefix in _PREFIXES.items():
        if name.lower().endswith(ending.lower()):
            return f"{prefix}-{seed.hex(name, 17)}"
    if name in _STATES:
        return "ACTIVE"
    if name.endswith(_TIMES):
        return CREATED
    if name.lower().endswith(("ip", "ipaddress", "ipv4")):
        return address(name, seed)
    if name.endswith(("Id", "Key", "fingerprint", "Fingerprint", "etag", "Hash", "Sha256")):
        return seed.hex(name, 16)
    return ""


def address(purpose: str, seed: Seed) -> str:
    """An address of the block that is kept for examples (RFC 2544 benchmarking, 198.18.0.0/15)."""
    number = seed.number(purpose, 1 << 17)
    return f"198.{18 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}"


def uuid(purpose: str, seed: Seed) -> str:
    """In the form of a UUID."""
    digits = seed.hex(purpose, 32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
