"""`regions`: where replicas run."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, cast

from pydantic import AfterValidator, Field, Strict, WithJsonSchema

from llmdeploy.serving.spec.hardware import Hardware
from llmdeploy.serving.spec.managed import Managed
from llmdeploy.serving.spec.scaling import Scaling
from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import bad_value, shown

Provider = Literal["local", "aws", "gcp", "azure"]
Variant = Literal["self-hosted", "managed"]
Role = Literal["primary", "overflow", "failover"]

REGION_NAME = r"^[a-z]+/[a-z]([a-z0-9-]*[a-z0-9])?$"
"""provider/location, both in lower case. Which providers and locations there are is a rule, not a form."""
CLOUD_OR_LOCAL = REGION_NAME.replace("[a-z]+", "(local|aws|gcp|azure)", 1)
"""The same with the providers named, for editors."""


def _region_name(value: str) -> str:
    if not re.fullmatch(REGION_NAME, value):
        raise bad_value(
            f"{shown(value)} is not a region", "write provider/location, like aws/us-east-1 or local/a"
        )
    return value


RegionName = Annotated[
    str,
    Strict(),
    AfterValidator(_region_name),
    WithJsonSchema({"type": "string", "pattern": CLOUD_OR_LOCAL}),
]
"""provider/location: `aws/us-east-1`, `gcp/europe-west4`, `local/a`."""


class Region(SpecSection):
    """One region, with what differs there from the rest of the spec."""

    short_form: ClassVar[str] = "name"

    name: RegionName = Field(
        description="provider/location.", examples=["aws/us-east-1", "gcp/europe-west4", "local/a"]
    )
    weight: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        default=None, description="Its share of the traffic, for policy weighted.", examples=[50]
    )
    scaling: Scaling | None = Field(default=None, description="What differs from the spec's scaling.")
    hardware: Hardware | None = Field(default=None, description="What differs from the spec's hardware.")
    variant: Variant | None = Field(
        default=None,
        description="Who runs the replicas here; the spec's variant when absent.",
        examples=["managed"],
    )
    managed: Managed | None = Field(
        default=None, description="The cloud's service here; the spec's, or a derived one, when absent."
    )
    role: Role = Field(
        default="primary",
        description=(
            "overflow: gets what the primary regions refuse or cannot take; failover: comes after that."
        ),
        examples=["overflow"],
    )

    @property
    def provider(self) -> Provider:
        """The part before the slash. A rule has checked that it is a known one."""
        return cast(Provider, self.name.partition("/")[0])

    @property
    def location(self) -> str:
        """The part after the slash."""
        return self.name.partition("/")[2]
