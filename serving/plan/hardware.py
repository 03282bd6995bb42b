"""What a replica runs on in a cloud: the instance, its memory, its speed, its price, and what lost."""

from __future__ import annotations

from typing import Any, Final, Literal

from llmdeploy.serving.frozen import Frozen


class MemoryPlan(Frozen):
    """Where the memory of the fullest GPU goes. GiB."""

    total_gib: float
    weights_gib: float
    overhead_gib: float
    """Activations, CUDA graphs and libraries."""
    kv_gib: float
    kv_tokens: int
    full_contexts: float
    """Requests of the whole context length at once."""
    band_gib: float
    """How far `kv_gib` may be off."""
    certain: bool
    """False when the fit could turn within the band."""


class SpeedPlan(Frozen):
    """How one replica answers the workload at the most load that the target allows. Seconds."""

    input_tokens: int
    output_tokens: int
    requests_per_second: float
    output_tokens_per_second: float
    ttft_p95_s: float
    tpot_p95_s: float
    limited_by: str
    band: float
    """The share by which the figures may be off."""
    source: str


class RunnerUp(Frozen):
    """Other hardware that was looked at, and why it lost."""

    instance: str
    gpu: str
    gpus: int
    hourly_usd: float | None
    """Of as many instances as the deployment needs at its most; None where the price is not known."""
    estimated: bool = False
    """Whether that is worked out, and no list price."""
    reason: str


class HardwarePlan(Frozen):
    """The instances of one region. Each runs one replica."""

    instance: str
    gpu: str
    gpus: int
    """Those that the replica uses; the instance may have more."""
    instance_gpus: int
    tensor_parallel: int
    pipeline_parallel: int
    purchase: Literal["on-demand", "spot", "spot-with-fallback"]
    hourly_usd: float
    """Of one instance."""
    fallback_usd: float | None
    """Of one instance when there is no spot capacity; None where it does not fall back."""
    fallback_estimated: bool = False
    price_source: str
    price_checked: str
    price_estimated: bool
    zones: tuple[str, ...]
    memory: MemoryPlan
    speed: SpeedPlan
    runners_up: tuple[RunnerUp, ...]

    def unpriced(self) -> dict[str, Any]:
        """All but what the prices of another day may say otherwise, as plain data."""
        return self.model_dump(mode="json", exclude=_PRICES)


_PRICES: Final = {
    "runners_up",
    "hourly_usd",
    "fallback_usd",
    "fallback_estimated",
    "price_source",
    "price_checked",
    "price_estimated",
}
