"""`routing`: how requests find a region."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Domain, HeaderName

RoutingPolicy = Literal["nearest", "weighted", "failover"]
Auth = Literal["api-key", "none"]


class Routing(SpecSection):
    """How requests find a region, and who may send them."""

    short_form: ClassVar[str] = "policy"

    policy: RoutingPolicy | None = Field(
        default=None,
        description=(
            "nearest: the closest healthy region; weighted: by the regions' weights; "
            "failover: the first healthy one in the order of the spec."
        ),
        examples=["nearest"],
    )
    domain: Domain | None = Field(
        default=None, description="The name that clients use.", examples=["chat.example.com"]
    )
    auth: Auth | None = Field(
        default=None, description="api-key: clients must send the generated key.", examples=["api-key"]
    )
    affinity: HeaderName | None = Field(
        default=None,
        description="Requests alike in this header go to the same replica, for its prefix cache.",
        examples=["x-session-id"],
    )
