"""vLLM's flags, the same in a cloud container and on a bare CPU. Read off vLLM 0.32.0's own parser."""

from __future__ import annotations

from collections.abc import Sequence

from llmdeploy.serving.plan.model import AdapterPlan

LORA_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The only values that --max-lora-rank takes in vLLM 0.32."""

FlagValue = bool | int | float | str | tuple[bool | int | float | str, ...]


def vllm_flags(
    *,
    served_name: str,
    revision: str | None,
    context_length: int,
    concurrency: int,
    drain_timeout_s: float,
    adapters: Sequence[AdapterPlan],
    extra: dict[str, FlagValue],
) -> tuple[str, ...]:
    """The flags after the model, without host and port.

    Args:
        context_length: tokens one request may span (--max-model-len).
        concurrency: requests run at once (--max-num-seqs).
        drain_timeout_s: seconds that requests in flight get after SIGTERM (--shutdown-timeout; by default
            vLLM aborts them).
        extra: the spec's `framework.args`, which come last and so win.
    """
    flags = [
        *("--served-model-name", served_name),
        *("--max-model-len", str(context_length)),
        *("--max-num-seqs", str(concurrency)),
        *("--shutdown-timeout", str(round(drain_timeout_s))),
    ]
    if revision:
        flags += ["--revision", revision]
    if adapters:
        flags += [
            "--enable-lora",
            "--max-loras",
            str(len(adapters)),
            "--max-lora-rank",
            str(_lora_rank(adapters)),
        ]
        flags += ["--lora-modules", *(f"{adapter.name}={adapter.source}" for adapter in adapters)]
    for name, value in extra.items():
        flags += rendered_flag(name, value)
    return tuple(flags)


def rendered_flag(name: str, value: FlagValue) -> tuple[str, ...]:
    """`--name value`; true is the flag alone, false its `--no-` form, a list gives several values."""
    if value is True:
        return (f"--{name}",)
    if value is False:
        return (f"--no-{name}",)
    values = value if isinstance(value, tuple) else (value,)
    return (f"--{name}", *map(str, values))


def _lora_rank(adapters: Sequence[AdapterPlan]) -> int:
    wanted = max((adapter.rank or 16 for adapter in adapters), default=16)
    return next(rank for rank in LORA_RANKS if rank >= wanted)
