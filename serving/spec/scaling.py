"""`scaling`: how many replicas a region runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Strict
from pydantic.json_schema import JsonSchemaValue

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count

ScalingMetric = Literal["queue_depth", "concurrency"]


class Scaling(SpecSection):
    """Replicas of one region. `scaling: 2` is a fixed number of two."""

    min: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        default=None, description="Replicas that always run; 1 when absent.", examples=[1]
    )
    max: Count | None = Field(
        default=None, description="Replicas at most; as many as min when absent.", examples=[4]
    )
    metric: ScalingMetric | None = Field(
        default=None,
        description=(
            "What is held at the target. queue_depth: requests waiting in a replica; "
            "concurrency: requests running in it."
        ),
        examples=["queue_depth"],
    )
    target: Annotated[float, Strict(), Field(gt=0)] | None = Field(
        default=None, description="The value of the metric to hold, in requests a replica.", examples=[8]
    )

    @classmethod
    def long_form(cls, given: Any) -> Any:
        """A number is that many replicas, always."""
        if isinstance(given, int) and not isinstance(given, bool):
            return {"min": given, "max": given}
        return given

    @classmethod
    def shortest(cls, values: dict[str, Any]) -> Any:
        """The number that stands for as many replicas, always."""
        fixed = set(values) == {"min", "max"} and values["min"] == values["max"]
        return values["min"] if fixed else values

    @classmethod
    def short_schema(cls, long_form: JsonSchemaValue) -> JsonSchemaValue:
        """A whole number of at least 1."""
        return {"type": "integer", "minimum": 1, "description": "A fixed number of replicas."}
