"""Why a cloud does not give an instance, freed from what clouds wrap around it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Final, Literal

RefusalKind = Literal["capacity", "quota", "unsupported", "other"]

_KINDS: Final[dict[str, RefusalKind]] = {
    "InsufficientInstanceCapacity": "capacity",
    "InsufficientHostCapacity": "capacity",
    "InsufficientReservedInstanceCapacity": "capacity",
    "ReservationCapacityExceeded": "capacity",
    "UnfulfillableCapacity": "capacity",
    "SpotMaxPriceTooLow": "capacity",
    "ZONE_RESOURCE_POOL_EXHAUSTED": "capacity",
    "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS": "capacity",
    "RESOURCE_POOL_EXHAUSTED": "capacity",
    "VcpuLimitExceeded": "quota",
    "MaxSpotInstanceCountExceeded": "quota",
    "InstanceLimitExceeded": "quota",
    "QUOTA_EXCEEDED": "quota",
    "Unsupported": "unsupported",
    "InvalidInstanceType": "unsupported",
}
"""Sources: EC2 API reference, errors overview; Compute Engine, troubleshooting VM creation (2026-11-24)."""
_BY_WORDS: Final = (
    ("do not have sufficient", "InsufficientInstanceCapacity"),
    ("no Spot capacity available", "InsufficientInstanceCapacity"),
    ("than your current vCPU limit", "VcpuLimitExceeded"),
    ("Max spot instance count exceeded", "MaxSpotInstanceCountExceeded"),
    ("is not supported in your requested Availability Zone", "Unsupported"),
    ("does not have enough resources available", "ZONE_RESOURCE_POOL_EXHAUSTED"),
    ("Machine type does not exist", "Unsupported"),
)
"""EC2 leaves the code out where a group has a single instance type."""
_WRAPPED: Final = re.compile(
    r"(?:Could not launch [\w-]+ Instances\. )?(?P<code>[A-Z][A-Za-z]+|[A-Z][A-Z_]+)(?: - |: )(?P<text>.+)"
)
_NOISE: Final = re.compile(
    r"\s*(?:Launching EC2 instance failed\.?"
    r"|Our system will be working on provisioning additional capacity\."
    r"|Please visit https?://\S+ to request an adjustment to this limit\."
    r"|Encoded authorization failure message: \S+"
    r"|Try a different zone, or try again later\.)"
)
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cloud gives no instance. `code` is the cloud's, empty where there is none."""

    code: str
    text: str

    @property
    def kind(self) -> RefusalKind:
        """What sort of refusal it is, which decides on the mend."""
        return _KINDS.get(self.code, "other")

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.code and self.text else self.code or self.text


def read_refusal(message: str, code: str = "") -> Refusal:
    """The refusal in the message of a failed launch.

    Args:
        code: where the cloud gives it apart.
    """
    plain = " ".join(_NOISE.sub("", message).split())
    wrapped = _WRAPPED.fullmatch(plain)
    if wrapped:
        code, plain = code or wrapped["code"], wrapped["text"]
    code = code or next((known for words, known in _BY_WORDS if words in plain), "")
    return Refusal(code, textwrap.shorten(plain, _LONGEST, placeholder=" …"))
