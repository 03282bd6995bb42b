"""vLLM's cache of blocks: how layers of different kinds share it, and how many blocks a request takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from llmdeploy.serving.sizing.kv_layers import KvLayer

BLOCK_TOKENS = 16
"""vLLM's default --block-size on NVIDIA GPUs."""
UNEVEN = 1.5
"""Up to this ratio of layer counts the larger is the group size, else the smaller (kv_cache_utils.py)."""


@dataclass(frozen=True, slots=True)
class KvBlocks:
    """The cache of one stage. A block has room for `tokens` tokens in each layer of one group."""

    tokens: int
    block_bytes: float
    groups: int
    request_blocks: int
    """Blocks that one request of the full context holds, over all groups."""

    def count(self, cache_bytes: float) -> int:
        """Whole blocks in a cache of so many bytes."""
        return max(0, int(cache_bytes // self.block_bytes))


def kv_blocks(
    everywhere: tuple[KvLayer, ...], stage: tuple[KvLayer, ...], context: int, in_flight: int
) -> KvBlocks | None:
    """The blocks of a stage, in groups formed over the layers of all stages; None when no layer keeps
    anything.

    Groups have equal numbers of layers; the last of a kind is padded, which wastes its share of every block.
    """
    kinds = Counter(everywhere)
    if not kinds or not stage:
        return None
    size = _group_size(tuple(kinds.values()))
    tokens = _block_tokens(tuple(kinds))
    page = max(max(kind.token_bytes * tokens, kind.state_bytes) for kind in kinds)
    here = Counter(stage)
    layers_per_group = max(-(-here[kind] // -(-count // size)) for kind, count in kinds.items())
    groups = {kind: -(-count // size) for kind, count in kinds.items()}
    return KvBlocks(
        tokens=tokens,
        block_bytes=page * layers_per_group,
        groups=sum(groups.values()),
        request_blocks=sum(
            number * _request_blocks(kind, tokens, context, in_flight) for kind, number in groups.items()
        ),
    )


def _group_size(counts: tuple[int, ...]) -> int:
    least, most = min(counts), max(counts)
    return most if most < least * UNEVEN else least


def _block_tokens(kinds: tuple[KvLayer, ...]) -> int:
    """Tokens of a block: enough that attention's page is no smaller than a recurrent state."""
    state = max(kind.state_bytes for kind in kinds)
    each = max(kind.token_bytes for kind in kinds)
    if not state or not each:
        return BLOCK_TOKENS
    return max(1, -(-state // int(BLOCK_TOKENS * each))) * BLOCK_TOKENS


def _request_blocks(kind: KvLayer, tokens: int, context: int, in_flight: int) -> int:
    if kind.state_bytes:
        return 1
    blocks = -(-kind.held_tokens(context, in_flight) // tokens)
    return blocks if kind.window is None else blocks + 1
