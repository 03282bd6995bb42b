"""How pipeline parallelism cuts a model into stages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from llmdeploy.serving.models.architecture import Architecture, Layer


@dataclass(frozen=True, slots=True)
class Stage:
    """The layers from `first` up to but not including `last`."""

    first: int
    last: int
    holds_embedding: bool
    holds_head: bool

    def layers(self, architecture: Architecture) -> tuple[Layer, ...]:
        """The stage's layers, in order."""
        return architecture.layers[self.first : self.last]


@lru_cache(maxsize=4096)
def stages(layers: int, pipeline_parallel: int) -> tuple[Stage, ...]:
    """The stages as vLLM cuts them (distributed/utils.py: get_pp_indices).

    Layers that do not divide go one each to the stages before the last, which has the head to carry.
    """
    sizes = [layers // pipeline_parallel] * pipeline_parallel
    for extra in range(layers % pipeline_parallel):
        sizes[-2 - extra] += 1
    ends = [sum(sizes[: index + 1]) for index in range(pipeline_parallel)]
    return tuple(
        Stage(end - size, end, index == 0, index == pipeline_parallel - 1)
        for index, (end, size) in enumerate(zip(ends, sizes, strict=True))
    )
