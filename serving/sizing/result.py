"""What sizing found. All sizes are GiB on one GPU unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GpuMemory:
    """Where the memory of one GPU goes."""

    total: float
    """What CUDA reports."""
    weights: float
    activation: float
    """The peak of one step."""
    non_torch: float
    cuda_graphs: float


@dataclass(frozen=True, slots=True)
class Sizing:
    """Whether a deployment fits, and what room it has. The per-GPU figures are of the fullest GPU."""

    fits: bool
    certain: bool
    """False when the answer could turn within the band."""
    short_gib: float
    """What each GPU lacks for one request of the full context; 0 when it fits."""
    gpus: int
    memory: GpuMemory
    weights_total_gib: float
    """Over all GPUs of the replica."""
    kv_gib: float
    """Cache on one GPU; negative when not even the weights fit."""
    kv_tokens: int
    kv_tokens_low: int
    kv_tokens_high: int
    """The tokens at either end of the band."""
    concurrency: float
    """Requests of the full context at once."""
    band_gib: float
    """How far `kv_gib` may be off."""
    measured: bool
    """True when the band comes from deployments of this framework version on this GPU."""
    problems: tuple[str, ...] = ()
    """Why the framework would refuse this division of the model, whatever the memory."""
    mend: str = ""
    """The first change that would make it fit; empty when it fits, or when nothing tried helps."""
