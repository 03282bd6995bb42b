"""`target` and `workload`: how fast the deployment must be, and what it is asked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from llmdeploy.serving.spec.duration import Seconds
from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count


class Target(SpecSection):
    """What must hold for 95 of 100 requests. Hardware that does not meet it is not chosen."""

    ttft_p95: Seconds | None = Field(
        default=None, description="Time to first token, 95th percentile.", examples=["2s"]
    )
    tpot_p95: Seconds | None = Field(
        default=None,
        description="Time per output token after the first, 95th percentile.",
        examples=["50ms"],
    )
    requests_per_second: Annotated[float, Strict(), Field(gt=0)] | None = Field(
        default=None, description="Requests a second at the peak, over all regions together.", examples=[10]
    )


class Workload(SpecSection):
    """What an average request is like, and how busy the deployment is."""

    input_tokens: Count | None = Field(
        default=None, description="Tokens of a prompt; 1024 when absent.", examples=[1024]
    )
    output_tokens: Count | None = Field(
        default=None, description="Tokens of an answer; 256 when absent.", examples=[256]
    )
    utilisation: Annotated[float, Strict(), Field(gt=0, le=1)] | None = Field(
        default=None,
        description="The load over a month, as a share of what the replicas can answer; 0.5 when absent.",
        examples=[0.5],
    )
