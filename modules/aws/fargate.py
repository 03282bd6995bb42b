"""The sizes that Fargate has."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.serving.errors import LlmdeployError

GIB = 1024
SIZES: Mapping[int, range | tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: range(1 * GIB, 4 * GIB + 1, GIB),
    1024: range(2 * GIB, 8 * GIB + 1, GIB),
    2048: range(4 * GIB, 16 * GIB + 1, GIB),
    4096: range(8 * GIB, 30 * GIB + 1, GIB),
    8192: range(16 * GIB, 60 * GIB + 1, 4 * GIB),
    16384: range(32 * GIB, 120 * GIB + 1, 8 * GIB),
}
"""CPU units (1,024 are a vCPU) → MiB of memory that go with them
(docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services)."""


def fargate_size(vcpu: float, memory_gib: float) -> tuple[int, int]:
    """The smallest size that has both: CPU units and MiB.

    Raises:
        LlmdeployError: there is none as large.
    """
    for units, memories in SIZES.items():
        enough = [memory for memory in memories if memory >= memory_gib * GIB]
        if units >= vcpu * 1024 and enough:
            return units, min(enough)
    raise LlmdeployError(
        f"a gateway of {vcpu:g} vCPU and {memory_gib:g} GiB is larger than Fargate's largest task",
        "use more gateways that are smaller",
    )
