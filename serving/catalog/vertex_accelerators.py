"""What Vertex AI calls the machines and GPUs of our catalog."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.table import read_table


@dataclass(frozen=True, slots=True)
class VertexMachine:
    """A machine as `MachineSpec` names it.

    Args:
        accelerator: `NVIDIA_L4`.
        count: of one machine.
        quota: that its replicas count against; empty where no source names it.
    """

    machine_type: str
    accelerator: str
    count: int
    quota: str


@cache
def vertex_machine(instance: str) -> VertexMachine | None:
    """The machine of an instance type of the catalog; None where Vertex AI has no name for its GPUs.

    Raises:
        KeyError: the catalog has no such type.
    """
    described, table = instance_types("gcp")[instance], read_table("vertex-accelerators")
    # `n1-standard-8+2xt4` is the machine n1-standard-8 with two T4.
    machine = instance.partition("+")[0]
    row = table["machines"].get(machine) or table["accelerators"].get(described.gpu)
    return VertexMachine(machine, row["accelerator"], described.gpus, row["quota"]) if row else None
