"""`llmdeploy:simulated:Service`: the process that answers for a simulated region's managed endpoints."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmdeploy.infra.provider import files, ports
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.simulated_program import SimulatedProgram, SimulatedProgramInputs

MODULE = "llmdeploy.infra.simulate.live.services"
CONFIGURATION = "configuration.json"


class SimulatedServiceInputs(SimulatedProgramInputs):
    """What it is told, as text, and where it listens."""

    text: str
    port: int


class SimulatedServiceResource(SimulatedProgram):
    """One process; it reads its configuration again when that changes."""

    inputs = SimulatedServiceInputs
    told = "told"

    def program(self, inputs: Mapping[str, Any]) -> Program:
        """This Python, with the folder's configuration."""
        return Program(
            folder=Path(inputs["folder"]),
            name=inputs["name"],
            command=(sys.executable, "-m", MODULE, str(_file(inputs))),
            environment={},
            ports={"https": int(inputs["port"])},
            drain_s=inputs["drain_timeout_s"],
        )

    def digests(self, inputs: Mapping[str, Any]) -> str:
        """Of its text."""
        return files.digest(inputs["text"])

    def digests_on_disk(self, state: Mapping[str, Any]) -> str:
        """Of its file."""
        return files.digest(files.read_text(_file(state)))

    def tell(self, inputs: Mapping[str, Any]) -> None:
        """Write its configuration."""
        files.private_folder(_file(inputs).parent)
        files.write_private(_file(inputs), inputs["text"])

    def forget(self, state: Mapping[str, Any]) -> None:
        """Remove its configuration."""
        _file(state).unlink(missing_ok=True)

    def listens_on(self, inputs: Mapping[str, Any]) -> tuple[int, ...]:
        """Its one port."""
        return (int(inputs["port"]),)

    def answers(self, state: Mapping[str, Any], pid: int | None) -> bool:
        """Whether it listens."""
        return ports.listens(int(state["port"]), pid)


def _file(inputs: Mapping[str, Any]) -> Path:
    return Path(inputs["folder"]) / str(inputs["name"]) / CONFIGURATION
