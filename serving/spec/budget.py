"""`budget`: what the deployment may cost."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, Strict

from llmdeploy.serving.spec.section import SpecSection


class Budget(SpecSection):
    """A limit that preview and up refuse to pass."""

    short_form: ClassVar[str] = "hourly_usd"

    hourly_usd: Annotated[float, Strict(), Field(gt=0)] = Field(
        description="US dollars an hour, with every region at its most replicas.", examples=[60]
    )
