"""Which divisions of a model over GPUs a framework accepts."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.attention import GroupedAttention, LatentAttention
from llmdeploy.serving.models.feed_forward import DenseFeedForward, ExpertFeedForward
from llmdeploy.serving.sizing.formats import FORMATS
from llmdeploy.serving.sizing.request import SizingRequest

MOST_TENSOR_PARALLEL = 64
"""The padded vocabulary is a multiple of 64, and every rank needs a share of it."""


def refusals(request: SizingRequest) -> Iterator[str]:
    """Each reason for which the framework would not start so divided; one clause each."""
    architecture, ranks = request.architecture, request.tensor_parallel
    if request.context > architecture.max_context:
        yield f"context {request.context:,} is longer than the model's {architecture.max_context:,}"
    layers, stages = len(architecture.layers), request.pipeline_parallel
    if stages > layers:
        yield f"pipeline parallel {stages} is more than the {layers} layers"
    if request.framework == "tgi" and stages > 1:
        yield "tgi has no pipeline parallelism"
    if ranks > MOST_TENSOR_PARALLEL or MOST_TENSOR_PARALLEL % ranks:
        yield f"tensor parallel {ranks} does not divide the vocabulary, padded to a multiple of 64"
    yield from dict.fromkeys(_indivisible(architecture, ranks, request.format.name))


def _indivisible(architecture: Architecture, ranks: int, format_name: str) -> Iterator[str]:
    for layer in dict.fromkeys(architecture.layers):
        attention, network = layer.attention, layer.feed_forward
        if isinstance(attention, GroupedAttention | LatentAttention) and attention.heads % ranks:
            yield f"tensor parallel {ranks} does not divide {attention.heads} attention heads"
        if isinstance(attention, GroupedAttention):
            heads = attention.kv_heads
            if heads % ranks and ranks % heads:
                yield f"tensor parallel {ranks} neither divides nor repeats {heads} key-value heads"
        if network is not None:
            yield from _uneven_width(network, ranks, format_name)


def _uneven_width(
    network: DenseFeedForward | ExpertFeedForward, ranks: int, format_name: str
) -> Iterator[str]:
    chosen = FORMATS[format_name]
    width = network.intermediate
    if width % ranks:
        yield f"tensor parallel {ranks} does not divide the feed-forward width {width:,}"
    elif chosen.group > 1 and chosen.column_multiple == 1 and ranks > 1 and width // ranks % chosen.group:
        yield (
            f"tensor parallel {ranks} leaves {width // ranks:,} of the feed-forward width {width:,}, "
            f"no multiple of {format_name}'s groups of {chosen.group}"
        )
