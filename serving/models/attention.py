"""How a layer looks back at earlier tokens: the kinds of attention, their weights, and what each keeps per
token."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.models.tensor import Part, Split, Tensor, vector


@dataclass(frozen=True, slots=True)
class GroupedAttention:
    """Multi-head, grouped-query or multi-query attention.

    `window` is the tokens that a layer looks back; None means all of them. With `chunked` the window is the
    length of a fixed chunk (Llama 4). `qk_norm` and `sinks` count their elements.
    """

    heads: int
    kv_heads: int
    head_size: int
    bias: bool = False
    output_bias: bool = False
    qk_norm: int = 0
    sinks: int = 0
    gated: bool = False
    """The query projection also yields a gate of the same size (Qwen3-Next)."""
    window: int | None = None
    chunked: bool = False

    def tensors(self, hidden: int) -> tuple[Tensor, ...]:
        """The layer's weights for a model of `hidden` values per token."""
        queries = self.heads * self.head_size
        rows = queries * (2 if self.gated else 1)
        kv_rows = 2 * self.head_size
        found = [
            Tensor(Part.ATTENTION, rows, hidden, split=Split.ROWS, kv_heads=self.kv_heads, kv_rows=kv_rows),
            Tensor(Part.ATTENTION, hidden, queries, split=Split.COLUMNS),
        ]
        if self.bias:
            found.append(
                Tensor(Part.BIAS, rows, 1, split=Split.ROWS, kv_heads=self.kv_heads, kv_rows=kv_rows)
            )
        if self.output_bias:
            found.append(vector(Part.BIAS, hidden))
        if self.qk_norm or self.sinks:
            found.append(vector(Part.NORM, self.qk_norm + self.sinks))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class LatentAttention:
    """Multi-head latent attention (DeepSeek): keys and values live in one shared latent vector per token."""

    heads: int
    kv_rank: int
    rotary_size: int
    key_size: int
    """Values of a key that have no position, per head."""
    value_size: int
    query_rank: int | None = None

    def tensors(self, hidden: int) -> tuple[Tensor, ...]:
        """The layer's weights for a model of `hidden` values per token."""
        queries = self.heads * (self.key_size + self.rotary_size)
        latent = self.kv_rank + self.rotary_size
        if self.query_rank is None:
            down = (
                Tensor(Part.ATTENTION, queries, hidden, split=Split.ROWS),
                Tensor(Part.ATTENTION, latent, hidden),
            )
        else:
            down = (
                Tensor(Part.ATTENTION, self.query_rank + latent, hidden),
                Tensor(Part.ATTENTION, queries, self.query_rank, split=Split.ROWS),
            )
        return (
            *down,
            Tensor(
                Part.ATTENTION, self.heads * (self.key_size + self.value_size), self.kv_rank, split=Split.ROWS
            ),
            Tensor(Part.ATTENTION, hidden, self.heads * self.value_size, split=Split.COLUMNS),
            vector(Part.NORM, self.kv_rank + (self.query_rank or 0)),
        )

    def absorbed(self) -> tuple[Tensor, ...]:
        """Copies of the up-projections that a server makes after loading; no parameters of the model."""
        return tuple(
            Tensor(Part.STATE, self.heads * size, self.kv_rank, split=Split.ROWS)
            for size in (self.key_size, self.value_size)
        )


@dataclass(frozen=True, slots=True)
class RecurrentAttention:
    """Linear attention (Mamba 2, gated delta net): a state per request that does not grow with its tokens."""

    projection: int
    """Rows of the input projections together."""
    inner: int
    """Columns of the output projection."""
    channels: int
    """Channels of the short convolution."""
    kernel: int
    small: int
    """Elements of decay, skip, bias and norm vectors together."""
    state: int
    """Elements of the recurrent state of one request."""
    state_bytes: int = 2
    """Bytes of one element of that state."""

    def tensors(self, hidden: int) -> tuple[Tensor, ...]:
        """The layer's weights for a model of `hidden` values per token."""
        return (
            Tensor(Part.ATTENTION, self.projection, hidden, split=Split.ROWS),
            Tensor(Part.ATTENTION, hidden, self.inner, split=Split.COLUMNS),
            Tensor(Part.STATE, self.channels, self.kernel, split=Split.ROWS),
            vector(Part.STATE, self.small),
        )

    def request_bytes(self, tensor_parallel: int) -> int:
        """Bytes that one request keeps on one rank: the state, and the convolution's last inputs in 16
        bits."""
        state = -(-self.state // tensor_parallel) * self.state_bytes
        return state + -(-self.channels // tensor_parallel) * (self.kernel - 1) * 2


Attention = GroupedAttention | LatentAttention | RecurrentAttention
