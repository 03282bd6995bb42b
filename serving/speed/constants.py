"""Every measured or judged number of the speed model, each with its source.

`kernels` are NVIDIA's measurements of single kernels under vLLM 0.24 (A100: 0.14), in the wheel of
aiconfigurator-core 0.12.0 (systems/data: gemm, attention, comm); medians over matrices of 20 to 300 million
weights. `anchors` are the published runs in tests/serving/speed/throughput_points.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Efficiency:
    """What a GPU's kernels reach of its data sheet, at 16 bits."""

    bandwidth: float
    """Share of the memory bandwidth, multiplying few tokens by a large matrix."""
    compute: float
    """Share of the dense TFLOPS, multiplying thousands of tokens."""


EFFICIENCY: Mapping[str, Efficiency] = {
    "l40s": Efficiency(0.80, 0.60),
    "a100-40gb": Efficiency(0.74, 0.70),
    "a100-80gb": Efficiency(0.72, 0.70),
    "h100": Efficiency(0.82, 0.79),
    "h200": Efficiency(0.78, 0.79),
    "b200": Efficiency(0.74, 0.68),
    "b300": Efficiency(0.74, 0.68),
    "rtx-pro-6000": Efficiency(0.90, 0.76),
    "l4": Efficiency(0.82, 0.60),
    "t4": Efficiency(0.75, 0.50),
    "a10g": Efficiency(0.80, 0.75),
}
"""kernels; up to 0.05 more bandwidth than the medians where a matrix takes under 60 µs, because the
launch is counted in `LAYER_SECONDS`. A100's compute: the kernels' 0.85, less what whole servers lost of it on
four A100 (NVIDIA's runs of Llama-3-70B, docs/speed.md). L4: as the L40S, of the same chip family; T4 and A10G
are judgement; B300 as B200."""
UNKNOWN_GPU = Efficiency(0.75, 0.60)

NARROW_BANDWIDTH: Mapping[float, float] = {16.0: 1.0, 8.0: 0.83, 4.0: 0.65}
"""What is left of the bandwidth share with so many bits a weight: kernels; smaller matrices, same
launches."""
NARROW_COMPUTE: Mapping[str, float] = {"16": 1.0, "8": 0.68, "4": 0.55}
"""What is left of the compute share at 8 and 4 bits: kernels (fp8 0.45 to 0.56 on H100, nvfp4 0.36 on
B200)."""
WEIGHT_ONLY_COMPUTE: Mapping[str, float] = {"fp8": 0.85, "int4": 0.75, "nf4": 0.40, "gguf": 0.35}
"""Share of the 16-bit rate when narrow weights are widened first. Judgement: Marlin
(github.com/IST-DASLab/marlin) stays near the 16-bit rate at large batches and loses there;
bitsandbytes and GGUF kernels lose more."""
EXPERT_COMPUTE = 0.65
EXPERT_HALF_WIDTH = 270.0
"""Left of the compute share for grouped matrices of very wide experts, and the inner width of one expert on
one rank at which half of that is left. kernels (moe), 8,192 tokens: DeepSeek-V3 in blocks of fp8 on H200,
0.55 of it at 2,048, 0.40 at 512, 0.30 at 256 (eight ranks); gpt-oss and Qwen3-235B on H100 0.31 to 0.70."""
EXPERT_PADDING = 32.0
"""Tokens that each met expert computes in vain: half a tile of 64. kernels (moe): half of the bandwidth
share is left at 1,024 tokens, where compute alone would leave all of it."""
SMOOTHNESS = 3.0
"""Exponent of the sum that joins memory and compute time; a sharp roofline would have infinity. kernels:
H100, 16 bits, 257 tokens take 1.16 times the memory time where compute alone takes 0.78."""

ATTENTION_BANDWIDTH = 0.85
ATTENTION_BANDWIDTH_NARROW = 0.70
"""Share of bandwidth reading the cache, of 16-bit and narrower values. kernels (generation_attention)."""
ATTENTION_COMPUTE = 0.70
ATTENTION_HALF_LENGTH = 1500.0
"""Share of 16-bit TFLOPS in prefill attention at great length, and the tokens at which half of it is reached.
kernels (context_attention): 0.29 at 1,024, 0.52 at 4,096, 0.66 at 16,384 tokens on H100."""

PIPELINE_HOP_SECONDS = 20e-6
PIPELINE_FILL = 0.90
"""Share of the time in which a pipeline's stages are all busy. Judgement."""

LAYER_SECONDS = 22e-6
"""Per layer whatever the batch: attention's least 11 to 16 µs, launches of five small kernels. kernels."""
EXPERT_LAYER_SECONDS = 8e-6
"""More of them in a layer of experts: router, choice, sorting. Judged on runs of DeepSeek-R1 and gpt-oss."""
ACTIVATION_COPIES = 10.0
"""Reads and writes of the hidden states per layer outside the matrices. Counted in Llama's layer, unfused."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a framework adds to each step on the CPU, and how its kernels compare with vLLM's."""

    step: float
    """Seconds per step."""
    sequence: float
    """Seconds per step and running request."""
    kernels: float
    """Time of its matrix kernels relative to vLLM's."""
    reserves_output: bool
    """Whether a request starts only when the cache has room for its whole answer."""


HOSTS: Mapping[str, Host] = {
    "vllm": Host(1.0e-3, 12e-6, 1.0, False),
    "sglang": Host(0.6e-3, 8e-6, 1.0, False),
    "tensorrt-llm": Host(0.6e-3, 6e-6, 0.85, True),
    "tgi": Host(1.5e-3, 20e-6, 1.05, True),
    "triton": Host(1.2e-3, 14e-6, 1.0, False),
}
"""Judged on the anchors: vLLM and SGLang on 8B models, TensorRT-LLM on 70B. TGI and Triton have no data."""

FRONT_END_SECONDS = 0.02
"""Until a request reaches the scheduler and its first token the client: HTTP, tokenizing, two processes.
Judged on Llama-3.1-70B under vLLM on H100 and H200 at concurrency 4 (docs/speed.md): 10 to 23 ms."""

ACCEPTANCE: Mapping[str, tuple[float, float]] = {
    "ngram": (0.15, 0.55),
    "draft": (0.55, 0.80),
    "eagle": (0.60, 0.80),
    "mtp": (0.65, 0.85),
}
"""Chance that a guessed token is right, from free text to code and quotations. Leviathan et al. 2023
(arxiv.org/abs/2211.17192, table 3), EAGLE (arxiv.org/abs/2401.15077), DeepSeek-V3 report (85 to 90 % for the
second token, arxiv.org/abs/2412.19437); n-gram is judgement."""
DRAFT_SHARE: Mapping[str, float] = {"ngram": 0.0, "draft": 0.06, "eagle": 0.04, "mtp": 0.03}
"""Time of one guess as a share of a step, when the draft's size is not given. Judgement."""
