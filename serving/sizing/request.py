"""What is to be sized: a model on some GPUs under a framework."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.catalog.gpus import Gpu
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.formats import WeightFormat, weight_format
from llmdeploy.serving.sizing.versions import NEWEST, Version, parse_version


@dataclass(frozen=True, slots=True)
class SizingRequest:
    """One replica: `tensor_parallel` × `pipeline_parallel` GPUs of one kind.

    What is None takes the framework's own default. `utilisation` is the framework's memory fraction, each
    with its own meaning; `context_length` None means the model's longest.
    """

    architecture: Architecture
    gpu: Gpu
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    weights: str = "none"
    """As the spec's `quantization.weights`: none, fp16, bf16, fp8, int8, int4."""
    method: str | None = None
    """As the spec's `quantization.method`."""
    kv_cache: str = "16-bit"
    """16-bit, fp8 or nvfp4."""
    framework: str = "vllm"
    version: str = ""
    """The catalog's when empty."""
    context_length: int | None = None
    utilisation: float | None = None
    max_batched_tokens: int | None = None
    max_sequences: int | None = None

    @property
    def format(self) -> WeightFormat:
        """How the weights are stored on the GPU."""
        return weight_format(self.architecture.native, self.weights, self.method)

    @property
    def release(self) -> Version:
        """The version of vLLM, whose rules changed over time; for other frameworks, newer than all
        changes."""
        if self.framework != "vllm":
            return NEWEST
        return parse_version(self.version or framework_facts(self.framework).version)

    @property
    def context(self) -> int:
        """Tokens that one request may span."""
        return self.context_length or self.architecture.max_context

    @property
    def batch(self) -> tuple[int, int]:
        """Sequences and tokens of one step, at most."""
        sequences, tokens = self._batch_defaults()
        sequences, tokens = self.max_sequences or sequences, self.max_batched_tokens or tokens
        return min(sequences, tokens), tokens

    def _batch_defaults(self) -> tuple[int, int]:
        if self.framework in constants.OTHER_BATCHES:
            return constants.OTHER_BATCHES[self.framework]
        total = self.gpu.usable_gib
        if total < constants.LARGE_CARD_GIB or self.gpu.name.startswith("a100"):
            return constants.BATCH_SMALL
        return constants.BATCH_HUGE if total >= constants.HUGE_CARD_GIB else constants.BATCH_LARGE
