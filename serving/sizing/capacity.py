"""How many tokens and whole requests fit into a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.kv_groups import KvBlocks, kv_blocks
from llmdeploy.serving.sizing.kv_layers import KvLayer, kv_layer
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.stages import Stage

COUNTS_WINDOWS_FROM = (0, 21)
"""vLLM's log counts tokens as concurrency × context from here. Read in 0.32; 0.19 divided the blocks by the
groups."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """`tokens` as the framework's startup log counts them; `concurrency` requests of the full context at
    once."""

    tokens: int
    concurrency: float
    bytes_per_token: float
    """On the GPU that has the least room, of a request of the full context."""


def capacities(
    request: SizingRequest, cut: Sequence[Stage], caches: Iterable[Sequence[float]]
) -> Iterator[Capacity]:
    """What fits, for each list of the stages' caches in bytes: the stage with the least room binds all."""
    everywhere = _kept(request, Stage(0, len(request.architecture.layers), True, True))
    fills = [_fill(request, everywhere, _kept(request, stage)) for stage in cut]
    for sizes in caches:
        found = [fill(size) for fill, size in zip(fills, sizes, strict=True)]
        yield min(found, key=lambda each: (each.concurrency, each.tokens))


def _fill(
    request: SizingRequest, everywhere: tuple[KvLayer, ...], here: tuple[KvLayer, ...]
) -> Callable[[float], Capacity]:
    """What a cache of so many bytes makes of one stage."""
    if request.framework in ("vllm", "triton"):
        layout = kv_blocks(everywhere, here, request.context, request.batch[1])
        return partial(_in_blocks, request, layout)
    return partial(_in_tokens, request, here)


def _in_blocks(request: SizingRequest, layout: KvBlocks | None, size: float) -> Capacity:
    context, sequences = request.context, request.batch[0]
    if layout is None:
        return Capacity(sequences * context, float(sequences), 0.0)
    blocks = layout.count(size)
    concurrency = blocks / layout.request_blocks
    each = layout.request_blocks * layout.block_bytes / context
    if layout.groups > 1 and request.release >= COUNTS_WINDOWS_FROM:
        return Capacity(int(concurrency * context), concurrency, each)
    return Capacity(blocks // layout.groups * layout.tokens, concurrency, each)


def _in_tokens(request: SizingRequest, here: tuple[KvLayer, ...], size: float) -> Capacity:
    """No groups: every layer keeps its own tokens; SGLang gives windowed layers a smaller pool."""
    share = constants.SGLANG_WINDOW_SHARE if request.framework == "sglang" else 1.0
    each = sum(kept.token_bytes * (1.0 if kept.window is None else share) for kept in here)
    each += sum(kept.state_bytes for kept in here) / request.context
    if not each:
        return Capacity(request.batch[0] * request.context, float(request.batch[0]), 0.0)
    tokens = max(0, int(size // each))
    return Capacity(tokens, tokens / request.context, each)


def _kept(request: SizingRequest, stage: Stage) -> tuple[KvLayer, ...]:
    found = (
        kv_layer(layer.attention, request.kv_cache, request.tensor_parallel)
        for layer in stage.layers(request.architecture)
    )
    return tuple(kept for kept in found if kept is not None)
