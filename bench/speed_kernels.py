"""The roofline against NVIDIA's kernel measurements, over a grid: `python -m bench.speed_kernels`.

Both give a time per output token; queues and cache are the same. Needs `aiconfigurator-core` (extra `speed`).
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from statistics import median

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.speed.batch import NoRoom
from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.kernels import SYSTEMS, NoKernelData, estimate_from_kernels
from llmdeploy.serving.speed.request import SpeedRequest, Workload

MODELS = (
    "Qwen/Qwen3-8B",
    "Qwen/Qwen3-32B",
    "Qwen/Qwen3-30B-A3B",
    "meta-llama/Llama-3.1-8B-Instruct",
    "meta-llama/Llama-3.3-70B-Instruct",
    "openai/gpt-oss-120b",
)


def grid() -> str:
    """Times per output token of the roofline and of measured kernels, in one line for each GPU."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for model, gpu, ranks, weights, concurrency in product(
        MODELS, SYSTEMS, (1, 2, 4, 8), ("none", "fp8"), (1, 8, 32, 128)
    ):
        replica = SizingRequest(
            model_architecture(model), gpus()[gpu], ranks, weights=weights, context_length=2048
        )
        request = SpeedRequest(replica, Workload(1024, 256, concurrency))
        try:
            measured = estimate_from_kernels(request)
        except (NoRoom, NoKernelData):
            continue
        ratios[gpu].append(estimate(request).tpot_p50 / measured.tpot_p50 - 1)
    every = [ratio for found in ratios.values() for ratio in found]
    lines = [_line(gpu, found) for gpu, found in ratios.items()]
    return "\n".join(
        [
            "| GPU | Choices | Median difference | Bias | Worst |",
            "|---|---|---|---|---|",
            *lines,
            _line("all", every),
        ]
    )


def _line(name: str, found: Sequence[float]) -> str:
    worst = max(found, key=abs)
    middle = median(abs(error) for error in found)
    return f"| {name} | {len(found)} | {middle:.0%} | {median(found):+.0%} | {worst:+.0%} |"


def main() -> int:
    """Print the differences; without the package, say how to get it."""
    if importlib.util.find_spec("aiconfigurator_core") is None:
        print("needs the kernel measurements of `pip install aiconfigurator-core==0.12.0` (112 MB)")
        return 0
    print(grid())
    return 0


if __name__ == "__main__":
    sys.exit(main())
