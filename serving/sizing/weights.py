"""Bytes of weights on one GPU, tensor by tensor, as the allocator counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from llmdeploy.serving.models.architecture import Architecture, Layer
from llmdeploy.serving.models.attention import LatentAttention
from llmdeploy.serving.models.tensor import Part, Split, Tensor
from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.formats import FORMATS, WeightFormat
from llmdeploy.serving.sizing.stages import Stage

VOCABULARY_MULTIPLE = 64
"""vLLM pads the vocabulary to this (vocab_parallel_embedding.py: DEFAULT_VOCAB_PADDING_SIZE)."""
SIXTEEN_BIT = 2


@lru_cache(maxsize=8192)
def stage_weights(architecture: Architecture, stage: Stage, name: str, tensor_parallel: int) -> int:
    """Bytes that each GPU of a stage holds: its layers, the ends it carries, images, and the rotary
    tables."""
    chosen = FORMATS[name]
    inner = sum(
        count * layer_weights(layer, architecture.hidden, chosen, tensor_parallel)
        for layer, count in Counter(stage.layers(architecture)).items()
    )
    ends = sum(tensor_bytes(tensor, chosen, tensor_parallel) for tensor in _ends(architecture, stage))
    images = -(-architecture.vision // tensor_parallel) * SIXTEEN_BIT
    return inner + ends + images + architecture.rotary * SIXTEEN_BIT


def layer_weights(layer: Layer, hidden: int, chosen: WeightFormat, tensor_parallel: int) -> int:
    """Bytes of one layer on one rank, with the copies that a server makes after loading."""
    total = sum(tensor_bytes(tensor, chosen, tensor_parallel) for tensor in layer.tensors(hidden))
    if isinstance(layer.attention, LatentAttention):
        total += sum(tensor_bytes(tensor, chosen, tensor_parallel) for tensor in layer.attention.absorbed())
    return total


def tensor_bytes(tensor: Tensor, chosen: WeightFormat, tensor_parallel: int) -> int:
    """Bytes that one tensor takes on one rank, its scales included."""
    rows, columns = tensor.rank_rows(tensor_parallel), tensor.rank_columns(tensor_parallel)
    if tensor.part in (Part.EMBEDDING, Part.HEAD):
        rows = -(-_up(tensor.rows, VOCABULARY_MULTIPLE) // tensor_parallel)
    if tensor.part not in chosen.parts:
        return allocated(tensor.copies * rows * columns * SIXTEEN_BIT)
    elements = tensor.copies * _up(rows, chosen.row_multiple) * _padded_columns(tensor, columns, chosen)
    scales = int(elements * chosen.overhead_bits / 8)
    return allocated(int(elements * chosen.bits / 8)) + scales


def allocated(size: int) -> int:
    """Bytes that PyTorch counts for an allocation of `size` bytes."""
    if size <= constants.LARGE_ALLOCATION:
        return size
    rest = -size % constants.SEGMENT
    return size + (rest if rest <= constants.UNSPLIT_REST else 0)


def _padded_columns(tensor: Tensor, columns: int, chosen: WeightFormat) -> int:
    """Columns that are the hidden size share the padding of rows that are the hidden size."""
    return _up(columns, chosen.column_multiple if tensor.split is Split.COLUMNS else chosen.row_multiple)


def _ends(architecture: Architecture, stage: Stage) -> Iterator[Tensor]:
    for tensor in architecture.outer_tensors():
        tied_head = architecture.tied_embeddings and tensor.part is Part.EMBEDDING and stage.holds_head
        if tensor.part is Part.EMBEDDING:
            if stage.holds_embedding or tied_head:
                yield tensor
        elif stage.holds_head:
            yield tensor


def _up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
