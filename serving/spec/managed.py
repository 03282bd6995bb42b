"""`managed`: which of a cloud's own services runs the replicas."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from llmdeploy.serving.spec.section import SpecSection

Service = Literal["sagemaker", "bedrock", "vertex", "cloud-run", "azure-ml"]


class Managed(SpecSection):
    """The service of the regions whose cloud has it; those of another cloud have theirs derived."""

    short_form: ClassVar[str] = "service"

    service: Service = Field(description="The cloud's own service.", examples=["sagemaker"])
