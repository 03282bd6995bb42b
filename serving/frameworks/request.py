"""What is asked of an inference server, whichever it is: the one input of every file in this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.frameworks.flags import FlagValue

WeightFormat = Literal["none", "fp16", "bf16", "fp8", "int8", "int4"]
KvCacheFormat = Literal["fp8", "nvfp4"]
SpeculativeMethod = Literal["draft", "ngram", "eagle", "mtp"]
Grammar = Literal["xgrammar", "llguidance", "outlines", "lm-format-enforcer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRequest:
    """The number format of the weights. `method` None: the checkpoint has the format already."""

    weights: WeightFormat = "none"
    method: str | None = None
    kv_cache: KvCacheFormat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelRequest:
    """How one server spreads over GPUs. `tensor` × `pipeline` × `data` is the number of GPUs."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    expert: bool = False
    """Whole experts on each GPU instead of slices of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchingRequest:
    """The knobs of continuous batching. None leaves a knob to the server."""

    concurrency: int | None = None
    """Requests run at once."""
    tokens: int | None = None
    """Tokens of one step of the model, over all requests."""
    memory_fraction: float | None = None
    """The share of GPU memory; of what is free after loading in TensorRT-LLM, of the whole elsewhere."""
    prefix_caching: bool | None = None
    chunked_prefill: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeculativeRequest:
    """Speculative decoding. `model` is the draft model or the EAGLE head."""

    method: SpeculativeMethod
    tokens: int
    """Tokens guessed at a time."""
    model: str | None = None

    @property
    def eagle3(self) -> bool:
        """Whether an EAGLE head is of the third generation, by its name, as vLLM tells them apart."""
        return self.method == "eagle" and "eagle3" in (self.model or "").lower().replace("-", "")


@dataclass(frozen=True, slots=True)
class AdapterRequest:
    """A LoRA adapter: its name, a hub id or a folder in the container, and its rank where known."""

    name: str
    source: str
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class GpuFacts:
    """The GPUs that it runs on."""

    memory_gib: float
    compute_capability: int
    """NVIDIA's, times ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeRequest:
    """Everything that the command, environment and files of one server follow from."""

    model: str
    """A hub id, or a folder in the container."""
    served_name: str
    revision: str | None = None
    version: str | None = None
    """The server's version; the catalog's default when None."""
    context_length: int | None = None
    """Tokens of one request, prompt and answer; the model's own when None."""
    weights: WeightRequest = WeightRequest()
    parallel: ParallelRequest = ParallelRequest()
    batching: BatchingRequest = BatchingRequest()
    speculative: SpeculativeRequest | None = None
    adapters: tuple[AdapterRequest, ...] = ()
    runtime_adapters: bool = False
    """Whether adapters can be added while the server runs."""
    most_adapters: int | None = None
    """Then: those that a batch may ask for; with some to spare when None."""
    adapter_rank: int | None = None
    """Then: the highest rank to come; that of the adapters when None."""
    structured_output: Grammar | None = None
    """The library that holds answers to a grammar; the server's choice when None."""
    api_key: bool = False
    """Whether the server itself asks for the key, beside the gateway. It comes as a secret, never in argv."""
    drain_timeout_s: float = 30.0
    """Seconds that requests in flight get after SIGTERM."""
    gpu: GpuFacts | None = None
    extra: tuple[tuple[str, FlagValue], ...] = ()
    """The spec's `framework.args`; last, so that they win."""
