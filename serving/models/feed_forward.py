"""The half of a layer that works on each token alone: one network, or a choice of experts."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.models.tensor import Part, Split, Tensor, vector


@dataclass(frozen=True, slots=True)
class DenseFeedForward:
    """One network. `gated`: two input projections (SwiGLU, GeGLU), merged into one matrix by the servers."""

    intermediate: int
    gated: bool = True
    bias: bool = False

    def tensors(self, hidden: int) -> tuple[Tensor, ...]:
        """The layer's weights for a model of `hidden` values per token."""
        return network(Part.FEED_FORWARD, hidden, self.intermediate, gated=self.gated, bias=self.bias)


@dataclass(frozen=True, slots=True)
class ExpertFeedForward:
    """A router that sends each token to `active` of `experts`, beside experts that see every token."""

    experts: int
    active: int
    intermediate: int
    shared_intermediate: int = 0
    """Width of the experts that see every token, together; 0 when there are none."""
    shared_gate: bool = False
    """A learned gate scales the shared experts (Qwen2-MoE, Qwen3-Next)."""
    gated: bool = True
    bias: bool = False

    def tensors(self, hidden: int) -> tuple[Tensor, ...]:
        """The layer's weights for a model of `hidden` values per token."""
        found = [
            *network(Part.EXPERT, hidden, self.intermediate, self.experts, gated=self.gated, bias=self.bias),
            Tensor(Part.ROUTER, self.experts, hidden),
        ]
        if self.bias:
            found.append(vector(Part.BIAS, self.experts))
        if self.shared_intermediate:
            found += network(Part.FEED_FORWARD, hidden, self.shared_intermediate, gated=self.gated)
        if self.shared_gate:
            found.append(Tensor(Part.ROUTER, 1, hidden))
        return tuple(found)


def network(
    part: Part, hidden: int, intermediate: int, copies: int = 1, *, gated: bool = True, bias: bool = False
) -> tuple[Tensor, ...]:
    """The matrices of `copies` networks, as the servers merge them."""
    rows = intermediate * (2 if gated else 1)
    matrices = (
        Tensor(part, rows, hidden, copies, Split.ROWS),
        Tensor(part, hidden, intermediate, copies, Split.COLUMNS),
    )
    biases = (
        Tensor(Part.BIAS, rows, 1, copies, Split.ROWS),
        Tensor(Part.BIAS, hidden, 1, copies),
    )
    return (*matrices, *biases) if bias else matrices


FeedForward = DenseFeedForward | ExpertFeedForward
