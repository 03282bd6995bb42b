"""Step times from NVIDIA's kernel measurements, where `aiconfigurator-core` is installed and has data.

The package holds measured times of single kernels by GPU, framework and version. It is an optional extra:
without it, or without data for a request, `kernel_steps` says so, and the roofline remains.
"""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.speed import constants
from llmdeploy.serving.speed.constants import Host
from llmdeploy.serving.speed.estimate import estimate_with
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Speed

PACKAGE = "aiconfigurator-core"
SYSTEMS = {
    "l40s": "l40s",
    "a100-80gb": "a100_sxm",
    "h100": "h100_sxm",
    "h200": "h200_sxm",
    "b200": "b200_sxm",
    "b300": "b300_sxm",
    "rtx-pro-6000": "rtx_pro_6000_server",
}
"""Our GPUs by the package's names, those with measurements (systems/data in 0.12.0)."""
BACKENDS = {"vllm": "vllm", "sglang": "sglang", "tensorrt-llm": "trtllm", "triton": "vllm"}
FORMATS = {
    "bf16": ("bfloat16", "bfloat16"),
    "fp16": ("bfloat16", "bfloat16"),
    "fp8": ("fp8", "fp8"),
    "fp8-block": ("fp8_block", "fp8_block"),
    "nvfp4": ("nvfp4", "nvfp4"),
    "mxfp4": ("bfloat16", "w4a16_mxfp4"),
}
"""Our formats by the package's modes: of dense matrices, and of experts."""
SAME_SHAPE = {
    "meta-llama/Llama-3.1-8B-Instruct": "meta-llama/Meta-Llama-3.1-8B",
    "meta-llama/Llama-3.1-70B-Instruct": "meta-llama/Meta-Llama-3.1-70B",
    "meta-llama/Llama-3.3-70B-Instruct": "meta-llama/Meta-Llama-3.1-70B",
}
"""Models that the package knows by another of the same shape."""
CACHES = {"16-bit": "bfloat16", "fp8": "fp8"}


class NoKernelData(LlmdeployError):
    """The package is missing, or has no measurements for the request."""


@dataclass(frozen=True)
class Kernels:
    """Step times of a compiled engine of the package, and the framework's own time on the CPU."""

    engine: Any
    host: Host
    inputs: int
    outputs: int
    source: str

    def seconds(
        self, decodes: float, context: float, prefill: float, length: float, guesses: int = 0
    ) -> float:
        """See `llmdeploy.serving.speed.steps.Steps`; the context is that of the workload."""
        running, read = round(decodes * (1 + guesses)), round(prefill)
        own = self.host.step + self.host.sequence * decodes
        if read < 1:
            device: float = self.engine.decode_step_latency(max(1, running), self.inputs, self.outputs)
        else:
            device = self.engine.mixed_step_latency(read, running, self.inputs, self.outputs)
        return own + device / 1000


def estimate_from_kernels(request: SpeedRequest) -> Speed:
    """The speed of one replica, by measured kernels.

    Raises:
        NoKernelData: the package is not installed, or has no data for the model, GPU, framework or format.
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    steps = kernel_steps(request)
    try:
        return estimate_with(request, steps)
    except (RuntimeError, ValueError) as error:
        raise NoKernelData(
            f"{PACKAGE} has no data for a step: {error}", "use the roofline estimate"
        ) from error


def kernel_steps(request: SpeedRequest) -> Kernels:
    """The step times of a replica.

    Raises:
        NoKernelData: as `estimate_from_kernels`.
    """
    replica, load = request.replica, request.workload
    spec = importlib.util.find_spec("aiconfigurator_core")
    if spec is None or spec.origin is None:
        raise NoKernelData(f"{PACKAGE} is not installed", "pip install 'llmdeploy-stacks[speed]'")
    missing = _missing(request, Path(spec.origin).parent)
    if missing:
        raise NoKernelData(f"{PACKAGE} has no data for {missing}", "use the roofline estimate")
    engine = _engine(
        _model(replica.architecture.name),
        SYSTEMS[replica.gpu.name],
        BACKENDS[replica.framework],
        FORMATS[replica.format.name],
        CACHES[replica.kv_cache],
        replica.tensor_parallel,
    )
    source = f"{PACKAGE} {metadata.version(PACKAGE)}"
    return Kernels(engine, constants.HOSTS[replica.framework], load.input_tokens, load.output_tokens, source)


def _missing(request: SpeedRequest, package: Path) -> str:
    """What the package does not cover; empty when it covers all. Only bundled models: others need the hub."""
    replica = request.replica
    config = package / "model_configs" / f"{_model(replica.architecture.name).replace('/', '--')}_config.json"
    if not config.is_file():
        return f"the model {replica.architecture.name}"
    if replica.gpu.name not in SYSTEMS:
        return f"the GPU {replica.gpu.name}"
    if replica.framework not in BACKENDS:
        return f"the framework {replica.framework}"
    if replica.format.name not in FORMATS or replica.kv_cache not in CACHES:
        return f"{replica.format.name} with a cache of {replica.kv_cache}"
    if replica.pipeline_parallel > 1 or request.attention == "data":
        return "this division over GPUs"
    return ""


def _model(name: str) -> str:
    return SAME_SHAPE.get(name, name)


@lru_cache(maxsize=64)
def _engine(model: str, system: str, backend: str, weights: tuple[str, str], cache: str, ranks: int) -> Any:
    core = import_module("aiconfigurator_core")
    compiler = import_module("aiconfigurator_core.sdk.engine")
    logging.getLogger("aiconfigurator_core").setLevel(logging.ERROR)

    try:
        return core.AicEngine.from_spec(
            compiler.compile_engine(
                model,
                system,
                backend,
                tp_size=ranks,
                moe_tp_size=ranks,
                gemm_quant_mode=weights[0],
                moe_quant_mode=weights[1],
                kvcache_quant_mode=cache,
            )
        )
    except (RuntimeError, KeyError, ValueError) as error:
        problem = f"{PACKAGE} has no data for {model} in {weights[0]} on {system} under {backend}: {error}"
        raise NoKernelData(problem, "use the roofline estimate") from error
