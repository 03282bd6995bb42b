"""One weight matrix (or stack of matrices), and how tensor parallelism cuts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Part(Enum):
    """What a tensor is for; quantization methods choose the tensors they convert by it."""

    EMBEDDING = "embedding"
    HEAD = "head"
    NORM = "norm"
    BIAS = "bias"
    ROUTER = "router"
    ATTENTION = "attention"
    FEED_FORWARD = "feed-forward"
    EXPERT = "expert"
    STATE = "state"
    """The convolution, decay and skip vectors of linear attention."""
    VISION = "vision"


class Split(Enum):
    """The dimension that tensor parallelism divides."""

    ROWS = "rows"
    COLUMNS = "columns"
    WHOLE = "whole"
    """Every rank holds all of it."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """`copies` matrices of `rows` (outputs) by `columns` (inputs), held in one allocation.

    A merged query-key-value matrix has `kv_heads` × `kv_rows` rows on top of `rows`: they are divided as
    heads, and a rank never holds less than one head.
    """

    part: Part
    rows: int
    columns: int
    copies: int = 1
    split: Split = Split.WHOLE
    kv_heads: int = 0
    kv_rows: int = 0

    def rank_rows(self, tensor_parallel: int) -> int:
        """Rows that one rank holds."""
        if self.split is not Split.ROWS:
            return self.rows + self.kv_heads * self.kv_rows
        heads = -(-self.kv_heads // tensor_parallel)
        return -(-self.rows // tensor_parallel) + heads * self.kv_rows

    def rank_columns(self, tensor_parallel: int) -> int:
        """Columns that one rank holds."""
        return -(-self.columns // tensor_parallel) if self.split is Split.COLUMNS else self.columns

    @property
    def parameters(self) -> int:
        """Elements of the whole tensor."""
        return self.copies * self.columns * (self.rows + self.kv_heads * self.kv_rows)


def vector(part: Part, elements: int) -> Tensor:
    """A tensor of one dimension that every rank holds."""
    return Tensor(part, elements, 1)
