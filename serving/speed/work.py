"""What one step has to read and multiply on one rank, counted once for each model and division."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from llmdeploy.serving.models.architecture import Architecture, Layer
from llmdeploy.serving.models.attention import Attention, GroupedAttention, LatentAttention
from llmdeploy.serving.models.feed_forward import ExpertFeedForward
from llmdeploy.serving.models.tensor import Part, Tensor
from llmdeploy.serving.sizing.formats import FORMATS, KV_BITS, WeightFormat
from llmdeploy.serving.sizing.kv_layers import kv_layer
from llmdeploy.serving.sizing.weights import tensor_bytes

READ_NOWHERE = frozenset({Part.EMBEDDING, Part.VISION})
"""Looked up or used for images only: no step streams them."""


@dataclass(frozen=True, slots=True)
class Matrices:
    """Weights that every token meets: bytes on one rank, and FLOPs for each token."""

    size: int = 0
    flops: int = 0


@dataclass(frozen=True, slots=True)
class Experts:
    """Weights that a token meets in part: `active` of `count`. FLOPs are those of the active ones."""

    size: int = 0
    flops: float = 0.0
    count: int = 1
    active: int = 1
    width: float = 0.0
    """Inner values of one expert on one rank: how large the grouped matrices are."""


@dataclass(frozen=True, slots=True)
class Lookback:
    """Layers that look back alike: cache bytes per earlier token, FLOPs per pair of tokens, summed."""

    token_bytes: float
    flops: float
    window: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """One step's work on one rank, over all layers (of all pipeline stages)."""

    narrow: Matrices
    """In the number format of the quantization."""
    wide: Matrices
    """Those that stay in 16 bits."""
    head: Matrices
    """The last matrix, which only tokens to be answered meet."""
    experts: Experts
    lookbacks: tuple[Lookback, ...]
    state_bytes: int
    """Read and written per request by linear attention."""
    layers: int
    expert_layers: int
    """Those of them that have experts."""
    hidden: int


@lru_cache(maxsize=4096)
def work(
    architecture: Architecture, format_name: str, kv_cache: str, tensor_parallel: int, *, whole: bool
) -> Work:
    """The work of one rank. `whole`: attention and dense layers are on every rank, experts are divided."""
    chosen, ranks = FORMATS[format_name], 1 if whole else tensor_parallel
    kinds = Counter(architecture.layers)
    tensors = [
        (tensor, count) for layer, count in kinds.items() for tensor in layer.tensors(architecture.hidden)
    ]
    dense = [(tensor, count) for tensor, count in tensors if tensor.part is not Part.EXPERT]
    return Work(
        narrow=_matrices([pair for pair in dense if pair[0].part in chosen.parts], chosen, ranks),
        wide=_matrices([pair for pair in dense if pair[0].part not in chosen.parts], chosen, ranks),
        head=_matrices([(_head(architecture), 1)], chosen, ranks),
        experts=_experts(kinds, architecture.hidden, chosen, tensor_parallel, whole=whole),
        lookbacks=tuple(
            _lookback(kind, count, kv_cache, ranks) for kind, count in _attentions(kinds).items()
        ),
        state_bytes=sum(_state(kind, kv_cache, ranks) * count for kind, count in _attentions(kinds).items()),
        layers=len(architecture.layers),
        expert_layers=sum(
            count for layer, count in kinds.items() if isinstance(layer.feed_forward, ExpertFeedForward)
        ),
        hidden=architecture.hidden,
    )


def _matrices(tensors: list[tuple[Tensor, int]], chosen: WeightFormat, ranks: int) -> Matrices:
    read = [(tensor, count) for tensor, count in tensors if tensor.part not in READ_NOWHERE]
    return Matrices(
        size=sum(count * tensor_bytes(tensor, chosen, ranks) for tensor, count in read),
        flops=sum(count * _flops(tensor, ranks) for tensor, count in read),
    )


def _flops(tensor: Tensor, ranks: int) -> int:
    return 2 * tensor.copies * tensor.rank_rows(ranks) * tensor.rank_columns(ranks)


def _head(architecture: Architecture) -> Tensor:
    outer = architecture.outer_tensors()
    return next((tensor for tensor in outer if tensor.part is Part.HEAD), outer[0])


def _experts(kinds: Counter[Layer], hidden: int, chosen: WeightFormat, ranks: int, *, whole: bool) -> Experts:
    size, flops, count, active, width = 0, 0.0, 1, 1, 0.0
    for layer, layers in kinds.items():
        network = layer.feed_forward
        if not isinstance(network, ExpertFeedForward):
            continue
        found = [tensor for tensor in network.tensors(hidden) if tensor.part is Part.EXPERT]
        count, active, width = network.experts, network.active, network.intermediate / (1 if whole else ranks)
        size += layers * sum(tensor_bytes(tensor, chosen, ranks) for tensor in found)
        flops += layers * sum(_flops(tensor, ranks) for tensor in found) * active / count
    return Experts(size, flops, count, active, width)


def _attentions(kinds: Counter[Layer]) -> Counter[Attention]:
    found: Counter[Attention] = Counter()
    for layer, count in kinds.items():
        if layer.attention is not None:
            found[layer.attention] += count
    return found


def _lookback(attention: Attention, count: int, kv_cache: str, ranks: int) -> Lookback:
    kept = kv_layer(attention, kv_cache, ranks)
    token_bytes = kept.token_bytes if kept else 0.0
    window = attention.window if isinstance(attention, GroupedAttention) else None
    return Lookback(count * token_bytes, count * _pair_flops(attention) / ranks, window)


def _pair_flops(attention: Attention) -> int:
    """FLOPs of one query token with one earlier token: scores, then the weighted sum of values."""
    if isinstance(attention, GroupedAttention):
        return 2 * attention.heads * 2 * attention.head_size
    if isinstance(attention, LatentAttention):
        sizes = attention.key_size + attention.rotary_size + attention.value_size
        return 2 * attention.heads * sizes
    return 0


def _state(attention: Attention, kv_cache: str, ranks: int) -> int:
    kept = kv_layer(attention, kv_cache, ranks)
    return 2 * kept.state_bytes if kept else 0


def narrow_cache(kv_cache: str) -> bool:
    """Whether cached values take fewer than 16 bits."""
    return KV_BITS[kv_cache] < 16
