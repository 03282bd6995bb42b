"""What each layer keeps of a request in the key-value cache of one GPU."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.models.attention import Attention, LatentAttention, RecurrentAttention
from llmdeploy.serving.sizing.formats import KV_BITS


@dataclass(frozen=True, slots=True)
class KvLayer:
    """Bytes per token on one rank; or for linear attention, bytes per request. `window` None: every token."""

    token_bytes: float = 0.0
    window: int | None = None
    state_bytes: int = 0

    def request_bytes(self, context: int, in_flight: int) -> float:
        """Bytes of one request of `context` tokens, `in_flight` of which may be in one step."""
        return self.state_bytes + self.token_bytes * self.held_tokens(context, in_flight)

    def held_tokens(self, context: int, in_flight: int) -> int:
        """Tokens that the layer keeps: the window and those in flight, at most the whole request."""
        return context if self.window is None else min(self.window - 1 + in_flight, context)


def kv_layer(attention: Attention | None, kv_cache: str, tensor_parallel: int) -> KvLayer | None:
    """What a layer keeps; None for one without attention.

    Grouped attention divides its heads over the ranks, at least one each; a latent vector is whole on every
    rank. Chunked attention counts as full: vLLM turns its hybrid cache off for it (config/vllm.py).
    """
    if attention is None:
        return None
    if isinstance(attention, RecurrentAttention):
        return KvLayer(state_bytes=attention.request_bytes(tensor_parallel))
    value_bytes = KV_BITS[kv_cache] / 8
    if isinstance(attention, LatentAttention):
        return KvLayer((attention.kv_rank + attention.rotary_size) * value_bytes)
    heads = max(1, -(-attention.kv_heads // tensor_parallel))
    window = None if attention.chunked else attention.window
    return KvLayer(2 * heads * attention.head_size * value_bytes, window)
