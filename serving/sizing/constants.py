"""Every measured number of the memory model, each with the version and the place it was measured on.

`H100 logs` are startup logs of vLLM 0.19.0 on H100-80GB with 8192 batched tokens and 1024 sequences
(github.com/llm-d-incubation/llm-d-planner/pull/205); docs/sizing.md shows what the model makes of them.
"""

from __future__ import annotations

GIB = 1 << 30
MIB = 1 << 20

# --- PyTorch's caching allocator (c10/cuda/CUDACachingAllocator.cpp; same in all versions seen) ---
LARGE_ALLOCATION = 10 * MIB
"""Bytes above which an allocation gets a segment of its own, rounded up to `SEGMENT`."""
SEGMENT = 2 * MIB
UNSPLIT_REST = MIB
"""A segment's rest up to this size is not split off and counts as allocated."""

# --- vLLM: what is kept beside the weights ---
VLLM_UTILISATION = ((0, 0), 0.90), ((0, 21), 0.92)
"""Default --gpu-memory-utilization from each version on. 0.92: read in 0.32; that it came with 0.21 is
assumed."""
GRAPHS_SUBTRACTED_FROM = (0, 21)
"""vLLM takes its CUDA-graph estimate out of the cache from here
(VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS)."""
V1_FROM = (0, 8)
"""The V1 engine: 16-bit logits, a profiled sampler, chunked prefill by default."""
LEAN_SAMPLER_FROM = (0, 17)
SAMPLER_BYTES = 14.0
"""Bytes per sequence and vocabulary entry that profiling the sampler holds at once. Slope over six
vocabularies, H100 logs."""
SAMPLER_BYTES_BEFORE_LEAN = 37.0
"""The same up to 0.16: sorted copies too. Qwen3-14B 5.64 GiB on 0.16; gpt-oss-120b refused on 0.10.1 (vllm
issue 23278)."""
WORKSPACE_GIB = 0.12
"""Attention and cuBLAS workspaces inside the activation peak. Intercept of the same H100 logs."""
HIDDEN_COPIES = 2
"""Copies of the hidden states (one of them the residual) alive beside the widest layer. H100 logs,
Granite."""
HIDDEN_COPIES_V0 = 3
"""The same in the V0 engine. Llama-3.1-8B with 29,000 batched tokens on an RTX 3090 (vllm issue 10517)."""
VISION_GIB = 0.07
"""Left of the image profile beside its embeddings. H100 logs: Mistral-Small 3.1, Kimi-VL, Gemma 3 (0.00,
0.11, 0.21)."""
NON_TORCH_GIB = 0.25
"""CUDA context and libraries on one GPU. H100 logs (Granite 0.46)."""
NON_TORCH_PIPELINE_GIB = 0.10
"""The same under pipeline parallelism alone. H100 logs (0.07)."""
NON_TORCH_TENSOR_GIB = 2.10
"""The same per GPU under tensor parallelism over NVLink, of 2 to 4: NCCL and all-reduce buffers. H100 logs
(2.07 to 2.13)."""
NON_TORCH_TENSOR_PCIE_GIB = 0.6
"""The same over PCIe, where the all-reduce buffers that need NVLink are absent. An assumption."""
NON_TORCH_TENSOR_PCIE_V0_GIB = 0.25
"""The same in the V0 engine. Two RTX 4090, vLLM 0.7 (vllm issue 13061)."""
GRAPH_BASE_GIB = 0.55
GRAPH_LAYER_GIB = 0.0115
GRAPH_EXPERTS_GIB = 0.68
"""CUDA graphs: a base, a part per layer of the stage, and more with experts. H100 logs, ten models of 24 to
62 layers."""

# --- vLLM: batch defaults (arg_utils.get_batch_defaults, 0.32) ---
LARGE_CARD_GIB = 70.0
HUGE_CARD_GIB = 160.0
BATCH_SMALL = (256, 2048)
"""Sequences and batched tokens below 70 GiB, and on every A100."""
BATCH_LARGE = (1024, 8192)
BATCH_HUGE = (1024, 16384)

# --- SGLang 0.5.23 (memory_hook.py) ---
SGLANG_RESERVE_MIB = 512.0
SGLANG_TOKEN_MIB = 1.5
SGLANG_PARALLEL_MIB = 1024 / 8
SGLANG_LARGE_CARD_GIB = 60.0
SGLANG_LEAST_RESERVE_GIB = 10.0
"""The least that is kept free on cards above `SGLANG_LARGE_CARD_GIB`."""
SGLANG_CHUNK = ((20.0, 2048), (60.0, 4096), (160.0, 8192), (float("inf"), 16384))
"""Prefill chunk in tokens on cards below so many GiB."""
SGLANG_GRAPH_MIB = ((20.0, 16), (35.0, 48), (60.0, 64), (90.0, 512), (float("inf"), 1024))
"""Graph reserve on cards below so many GiB: 2 MiB a captured sequence. From memory, unverified."""
SGLANG_WINDOW_SHARE = 0.8
"""Tokens of a windowed layer's pool per token of a full layer's (swa_full_tokens_ratio). From memory,
unverified."""

# --- TensorRT-LLM 1.3 and TGI 3.3 ---
TENSORRT_LLM_FREE_FRACTION = 0.9
"""kv_cache_free_gpu_memory_fraction: of what is free after loading."""
TGI_FRACTION = 1.0
"""--cuda-memory-fraction."""
OTHER_BATCHES = {"tensorrt-llm": (2048, 8192), "tgi": (128, 4096)}
"""Sequences and tokens of one step: --max_batch_size and --max_num_tokens; --max-concurrent-requests and
--max-batch-prefill-tokens (the 4096 from memory, unverified)."""

# --- how far off the result may be, in GiB per GPU ---
BAND_MEASURED_GIB = 0.3
"""vLLM 0.19 on H100: the largest error on the H100 logs is 0.26."""
BAND_VERSION_GIB = 1.0
"""More for another version of vLLM: activation alone moved by 3.4 GiB between 0.16 and 0.17."""
BAND_GPU_GIB = 0.5
"""More for another GPU."""
BAND_GRAPHS_GIB = 0.4
"""More where graphs are subtracted: the spread of graph memory in the H100 logs around the line above."""
BAND_FRAMEWORK_GIB = 2.0
"""More for a framework of which no deployment was measured."""
BAND_UNKNOWN_WEIGHTS = 0.05
"""Share of the weights added for a kind of model that was read as if it were like Llama."""
MEASURED_VERSION = (0, 19)
MEASURED_GPU = "h100"
