"""`parallel`: how one replica spreads over its GPUs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, Strict

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count


class Parallel(SpecSection):
    """tensor × pipeline × data is the number of GPUs of a replica. `parallel: 4` is tensor parallelism."""

    short_form: ClassVar[str] = "tensor"

    tensor: Count | None = Field(
        default=None,
        description="GPUs that share each layer; all that are left when absent.",
        examples=[4],
    )
    pipeline: Count | None = Field(
        default=None, description="Stages of layers, one after the other; 1 when absent.", examples=[2]
    )
    data: Count | None = Field(
        default=None, description="Copies of the model in one server; 1 when absent.", examples=[2]
    )
    expert: Annotated[bool, Strict()] = Field(
        default=False, description="Whole experts on each GPU, for mixtures of experts.", examples=[True]
    )
