"""How fast ranks exchange what they have: all-reduces over NVLink and PCIe.

An all-reduce of b bytes over r ranks moves 2 (r − 1) / r × b over each link (the ring's traffic; NCCL's "bus
bandwidth" is that over the time). `kernels`: NVIDIA's measurements in the wheel of aiconfigurator-core 0.12.0
(systems/data/*/comm; its message sizes are counts of 16-bit values, not bytes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmdeploy.serving.catalog.gpus import Gpu


@dataclass(frozen=True, slots=True)
class Link:
    """One rank's way to the others, as an all-reduce sees it."""

    seconds: float
    """Of an all-reduce of almost nothing."""
    bytes_per_second: float
    """The bus bandwidth of a large one."""


ALL_REDUCE_SECONDS: Mapping[str, float] = {"nvlink": 8e-6, "pcie": 27e-6}
"""kernels: NVLink 4 to 7 µs in a CUDA graph (vLLM's own), 10 to 20 µs under NCCL; PCIe 12 to 25 µs peer to
peer. Through the host's memory 40 µs on eight RTX 4090 (github.com/NVIDIA/nccl/issues/1530)."""
NVLINK_SHARE = 0.34
"""Share of `interconnect_gbs` (both directions) that becomes bus bandwidth. kernels: 0.31 to 0.45 on H100,
0.29 to 0.38 on A100, 0.34 to 0.37 on B200, at 67 to 134 MB."""
PCIE_5_GBS = 128.0
PCIE_5_SHARE: Mapping[int, float] = {2: 0.285, 4: 0.195, 8: 0.185}
"""The same by ranks, from this `interconnect_gbs` on. kernels: RTX PRO 6000, 36, 25 and 24 GB/s."""
PCIE_SHARE: Mapping[int, float] = {2: 0.22, 4: 0.155, 8: 0.10}
"""The same on PCIe 4.0: 14, 10 and 6.4 GB/s, about the geometric mean of what machines reach. kernels (L40S,
NCCL): 19.6, 5.1 and 1.6 GB/s. NVIDIA's runs of Llama-3-70B on L40S (docs/speed.md): 17 and 15 GB/s at four
and eight ranks. EC2's G5 and G6 go through the host's memory, for want of peer-to-peer access
(github.com/ray-project/ray/issues/39471, github.com/llm-d-incubation/llm-d-infra/pull/181); of G6e nothing is
known, and no measurement of any was found. The 14 GB/s at two ranks are judgement."""


def link(gpu: Gpu, ranks: int) -> Link:
    """The link of one of `ranks` GPUs; of a number that was not measured, that of the next larger one."""
    return Link(ALL_REDUCE_SECONDS[gpu.interconnect], gpu.interconnect_gbs * 1e9 * _share(gpu, ranks))


def is_uncertain(gpu: Gpu, ranks: int) -> bool:
    """Whether machines with these links differ severalfold: PCIe 4.0 beyond two ranks."""
    return gpu.interconnect == "pcie" and gpu.interconnect_gbs < PCIE_5_GBS and ranks > 2


def _share(gpu: Gpu, ranks: int) -> float:
    if gpu.interconnect == "nvlink":
        return NVLINK_SHARE
    by_ranks = PCIE_5_SHARE if gpu.interconnect_gbs >= PCIE_5_GBS else PCIE_SHARE
    return by_ranks[next((known for known in sorted(by_ranks) if known >= ranks), max(by_ranks))]
