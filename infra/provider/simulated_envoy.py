"""`llmdeploy:simulated:Envoy`: an Envoy that stands for something a simulated cloud runs: a gateway's task,
a load balancer, an accelerator.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import envoy, files, ports, program_files, programs, readiness, supervisord
from llmdeploy.infra.provider.envoy import EnvoyProgram
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.supervisor import Folder, Running
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

DIRECTORY_SLOT = "{directory}"
"""Stands in the files for the folder that they are put in."""
ADMIN_SLOT = "{admin}"
"""Stands for the socket of the administration page."""


class SimulatedEnvoyInputs(Frozen):
    """The files of an Envoy, the bootstrap first in their `order`, and the ports that it takes."""

    folder: Folder
    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    order: Annotated[tuple[str, ...], Field(min_length=1)]
    texts: dict[str, str]
    ports: dict[str, int]
    environment: dict[str, str] = Field(default_factory=dict)
    """What its task gets from its cloud, such as credentials."""
    startup_timeout_s: Annotated[float, Field(gt=0)] = 60
    drain_timeout_s: Annotated[float, Field(ge=0)] = 1
    status: Running = "running"


class SimulatedEnvoyResource:
    """One Envoy. Outputs: status, config, files (digests by name), pid, log."""

    inputs = SimulatedEnvoyInputs
    replace_on = frozenset({"folder", "name"})
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder and the name in it."""
        return f"{inputs['folder']}/{inputs['name']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """All but the pid, when the files are known."""
        program = envoy_program(inputs) if UNKNOWN not in str(inputs) else None
        return {
            "status": "running",
            "config": program.program.config if program else UNKNOWN,
            "files": program.digests if program else UNKNOWN,
            "pid": UNKNOWN,
            "log": UNKNOWN if inputs["folder"] == UNKNOWN else _log(inputs),
        }

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Edited, missing and foreign files."""
        if UNKNOWN in str(inputs):
            return set()
        wanted = envoy_program(inputs)
        found = {"config"} if state.get("config") != wanted.program.config else set()
        return found | ({"files"} if state["files"] != wanted.digests else set())

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Start it and wait until it listens."""
        folder = Path(inputs["folder"])
        supervisord.require(folder, inputs["name"])
        try:
            return self._serve(inputs, work)
        except BaseException:
            self.delete(inputs, Work(work.report))
            raise

    def read(self, state: Mapping[str, Any]) -> State | None:
        """What runs, and what is on disk."""
        folder, name = Path(state["folder"]), state["name"]
        sight = programs.look(folder, name)
        if not folder.is_dir() and not sight.pid:
            return None
        return {
            "status": _health(folder, name, sight),
            "config": program_files.config_on_disk(folder, name),
            "files": envoy.digests_on_disk(folder, envoy_program(state).digests, name),
            "pid": sight.pid,
            "log": _log(state),
        }

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Change the files under the running Envoy, or mend it."""
        folder, name = Path(inputs["folder"]), inputs["name"]
        supervisord.require(folder, name)
        if state.get("status") in ("hung", "suspended"):
            programs.stop(folder, name, 0, work)
        return self._serve(inputs, work)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """End it and remove its files."""
        import shutil

        folder, name = Path(state["folder"]), state["name"]
        programs.remove(folder, name, state["drain_timeout_s"], work)
        programs.remove_log(folder, name)
        shutil.rmtree(envoy.files_folder(folder, name), ignore_errors=True)
        envoy.admin_socket(folder, name).unlink(missing_ok=True)

    def _serve(self, inputs: Mapping[str, Any], work: Work) -> State:
        program = envoy_program(inputs)
        program.write()
        files.prepare_socket_folder(envoy.admin_socket(program.folder, program.name))
        programs.start(program.program, work)

        def ready(sight: Sight) -> bool:
            return all(ports.listens(port, sight.pid) for port in inputs["ports"].values())

        sight = readiness.wait_ready(
            program.folder, program.name, ready, inputs["startup_timeout_s"], "waiting until it listens", work
        )
        return {
            "status": "running",
            "config": program.program.config,
            "files": program.digests,
            "pid": sight.pid,
            "log": _log(inputs),
        }


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


def _health(folder: Path, name: str, sight: Sight) -> str:
    """The program's status; one that answers is running, also in the first second, which supervisord waits
    for.
    """
    if sight.status not in ("running", "starting"):
        return sight.status
    return "running" if envoy.answers(folder, name) else "hung"


def _log(inputs: Mapping[str, Any]) -> str:
    return str(program_files.log_file(Path(inputs["folder"]), inputs["name"]))
