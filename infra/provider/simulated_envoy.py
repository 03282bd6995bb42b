"""`llmdeploy:simulated:Envoy`: an Envoy that stands for something a simulated cloud runs: a gateway's task,
a load balancer, an accelerator.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import envoy, files
from llmdeploy.infra.provider.envoy import EnvoyProgram
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.simulated_program import SimulatedProgram, SimulatedProgramInputs

DIRECTORY_SLOT = "{directory}"
"""Stands in the files for the folder that they are put in."""
ADMIN_SLOT = "{admin}"
"""Stands for the socket of the administration page."""


class SimulatedEnvoyInputs(SimulatedProgramInputs):
    """The files of an Envoy, the bootstrap first in their `order`, and the ports that it takes."""

    order: Annotated[tuple[str, ...], Field(min_length=1)]
    texts: dict[str, str]
    ports: dict[str, int]
    environment: dict[str, str] = Field(default_factory=dict)
    """What its task gets from its cloud, such as credentials."""
    drain_timeout_s: Annotated[float, Field(ge=0)] = 1


class SimulatedEnvoyResource(SimulatedProgram):
    """One Envoy; it takes up each file as it changes."""

    inputs = SimulatedEnvoyInputs
    told = "files"

    def program(self, inputs: Mapping[str, Any]) -> Program:
        """The Envoy with its bootstrap."""
        return envoy_program(inputs).program

    def digests(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Of each of its files."""
        return envoy_program(inputs).digests

    def digests_on_disk(self, state: Mapping[str, Any]) -> dict[str, str]:
        """Of each file that it should have or has."""
        return envoy.digests_on_disk(Path(state["folder"]), self.digests(state), state["name"])

    def tell(self, inputs: Mapping[str, Any]) -> None:
        """Write its files, and make room for its socket."""
        envoy_program(inputs).write()
        files.prepare_socket_folder(envoy.admin_socket(Path(inputs["folder"]), inputs["name"]))

    def forget(self, state: Mapping[str, Any]) -> None:
        """Remove its files and its socket."""
        folder, name = Path(state["folder"]), state["name"]
        shutil.rmtree(envoy.files_folder(folder, name), ignore_errors=True)
        envoy.admin_socket(folder, name).unlink(missing_ok=True)

    def listens_on(self, inputs: Mapping[str, Any]) -> tuple[int, ...]:
        """All its ports."""
        return tuple(inputs["ports"].values())

    def answers(self, state: Mapping[str, Any], pid: int | None) -> bool:
        """Whether its administration page answers."""
        return envoy.answers(Path(state["folder"]), state["name"])


def envoy_program(inputs: Mapping[str, Any]) -> EnvoyProgram:
    """The Envoy of these inputs, its files with their slots filled."""
    folder, name = Path(inputs["folder"]), inputs["name"]
    slots = {
        DIRECTORY_SLOT: str(envoy.files_folder(folder, name)),
        ADMIN_SLOT: str(envoy.admin_socket(folder, name)),
    }
    texts = {file: _filled(inputs["texts"][file], slots) for file in inputs["order"]}
    # Its ports are no part of the program: listeners come and go without a restart.
    environment = inputs.get("environment") or {}
    return EnvoyProgram(folder, name, texts, {}, inputs["drain_timeout_s"], environment)


def _filled(text: str, slots: Mapping[str, str]) -> str:
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text
