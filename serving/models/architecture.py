"""The shape of a model: enough to know every tensor that a server loads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from llmdeploy.serving.models.attention import Attention
from llmdeploy.serving.models.feed_forward import ExpertFeedForward, FeedForward
from llmdeploy.serving.models.tensor import Part, Split, Tensor, vector


@dataclass(frozen=True, slots=True)
class Layer:
    """One block. Hybrid models have blocks with only one of the two halves; `norms` counts norm elements."""

    attention: Attention | None
    feed_forward: FeedForward | None
    norms: int

    def tensors(self, hidden: int) -> Iterator[Tensor]:
        """The block's weights for a model of `hidden` values per token."""
        if self.attention is not None:
            yield from self.attention.tensors(hidden)
        if self.feed_forward is not None:
            yield from self.feed_forward.tensors(hidden)
        yield vector(Part.NORM, self.norms)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A decoder model.

    `rotary` counts the values of the cosine and sine tables that a server builds for positions, over all
    distinct tables. `vision` counts the parameters of the parts that read images. `native` is the number
    format of the published weights (`bf16`, `fp8-block`, `mxfp4`, …).
    """

    name: str
    model_type: str
    hidden: int
    vocabulary: int
    tied_embeddings: bool
    layers: tuple[Layer, ...]
    max_context: int
    """Tokens that one request may span, by the model's own word."""
    rotary: int
    native: str = "bf16"
    vision: int = 0
    head_bias: bool = False
    known: bool = True
    """False when the kind of model is not one that was checked, and it was read as if it were like Llama."""
    verified: bool = True
    """False when the catalog has the shape from memory, checked against the parameter count alone."""
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the hash: a sizing is looked up thousands of times by its architecture."""
        object.__setattr__(
            self, "_hash", hash((self.name, self.hidden, self.vocabulary, self.layers, self.native))
        )

    def __hash__(self) -> int:
        return self._hash

    def outer_tensors(self) -> tuple[Tensor, ...]:
        """Embedding, head and last norm; a tied head is the embedding and has no tensor of its own."""
        embedding = Tensor(Part.EMBEDDING, self.vocabulary, self.hidden, split=Split.ROWS)
        head = Tensor(Part.HEAD, self.vocabulary, self.hidden, split=Split.ROWS)
        found = [embedding, vector(Part.NORM, self.hidden)]
        if not self.tied_embeddings:
            found.append(head)
        if self.head_bias:
            found.append(vector(Part.BIAS, self.vocabulary))
        return tuple(found)

    @property
    def parameters(self) -> int:
        """Parameters of the whole model, images included."""
        inner = sum(tensor.parameters for layer in self.layers for tensor in layer.tensors(self.hidden))
        return inner + self.vision + sum(tensor.parameters for tensor in self.outer_tensors())

    @property
    def active_parameters(self) -> int:
        """Parameters that one token meets."""
        idle = 0
        for layer in self.layers:
            chosen = layer.feed_forward
            if isinstance(chosen, ExpertFeedForward):
                experts = (tensor for tensor in chosen.tensors(self.hidden) if tensor.part is Part.EXPERT)
                idle += (
                    sum(tensor.parameters for tensor in experts)
                    * (chosen.experts - chosen.active)
                    // chosen.experts
                )
        return self.parameters - idle
