"""How long a replica may take from the instance's start to its first answer."""

from __future__ import annotations

from llmdeploy.serving.catalog.instances import InstanceType

IMAGE_GIB = 12.0
"""A server's image, compressed. From memory: vllm/vllm-openai is 8 to 12 GiB on the registry."""
PULL_GIB_S = 0.1
"""Pull and unpack together, GiB/s: unpacking one layer at a time binds. An assumption, on the slow side."""
DOWNLOAD_GIB_S = 0.5
"""Weights from a bucket in the region, GiB/s at most. An assumption, on the slow side."""
LOAD_GIB_S = 1.0
"""From disk into GPU memory, GiB/s. An assumption, on the slow side."""
BOOT_S = 180.0
"""Instance, driver, and container runtime. An assumption."""
COMPILE_S = 240.0
"""Compilation, profiling, and CUDA graphs. An assumption: two to four minutes without a cache."""


def startup_budget_s(weights_gib: float, instance: InstanceType) -> float:
    """Seconds after which a replica that is not ready is given up, to the next half minute."""
    network = instance.network_gbps / 8 / 1.074 or DOWNLOAD_GIB_S
    download = weights_gib / min(DOWNLOAD_GIB_S, network)
    total = BOOT_S + IMAGE_GIB / PULL_GIB_S + download + weights_gib / LOAD_GIB_S + COMPILE_S
    return -(-total // 30) * 30
