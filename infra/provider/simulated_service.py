"""`llmdeploy:simulated:Service`: the process that answers for a simulated region's managed endpoints."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import files, ports, program_files, programs, readiness, supervisord
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.supervisor import Folder, Running
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

MODULE = "llmdeploy.infra.simulate.live.services"
CONFIGURATION = "configuration.json"


class SimulatedServiceInputs(Frozen):
    """What it is told, as text, and where it listens."""

    folder: Folder
    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    text: str
    port: int
    startup_timeout_s: Annotated[float, Field(gt=0)] = 60
    drain_timeout_s: Annotated[float, Field(ge=0)] = 10
    status: Running = "running"


class SimulatedServiceResource:
    """One process. Outputs: status, config, told (a digest), pid, log."""

    inputs = SimulatedServiceInputs
    replace_on = frozenset({"folder", "name"})
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder and the name in it."""
        return f"{inputs['folder']}/{inputs['name']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """All but the pid, when the text is known."""
        known = UNKNOWN not in str(inputs)
        return {
            "status": "running",
            "config": _program(inputs).config if known else UNKNOWN,
            "told": files.digest(inputs["text"]) if known else UNKNOWN,
            "pid": UNKNOWN,
            "log": UNKNOWN if inputs["folder"] == UNKNOWN else _log(inputs),
        }

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Edited and missing files."""
        if UNKNOWN in str(inputs):
            return set()
        found = {"config"} if state.get("config") != _program(inputs).config else set()
        return found | ({"told"} if state["told"] != files.digest(inputs["text"]) else set())

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Start it and wait until it listens."""
        supervisord.require(Path(inputs["folder"]), inputs["name"])
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
            "status": _health(state, sight),
            "config": program_files.config_on_disk(folder, name),
            "told": files.digest(files.read_text(_file(state))),
            "pid": sight.pid,
            "log": _log(state),
        }

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Tell the running process something else, or mend it. What is told is no reason for a restart."""
        folder, name = Path(inputs["folder"]), inputs["name"]
        supervisord.require(folder, name)
        if state.get("status") in ("hung", "suspended"):
            programs.stop(folder, name, 0, work)
        return self._serve(inputs, work)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """End it and remove its files."""
        folder, name = Path(state["folder"]), state["name"]
        programs.remove(folder, name, state["drain_timeout_s"], work)
        programs.remove_log(folder, name)
        _file(state).unlink(missing_ok=True)

    def _serve(self, inputs: Mapping[str, Any], work: Work) -> State:
        program = _program(inputs)
        files.private_folder(_file(inputs).parent)
        files.write_private(_file(inputs), inputs["text"])
        programs.start(program, work)

        def ready(sight: Sight) -> bool:
            return ports.listens(inputs["port"], sight.pid)

        sight = readiness.wait_ready(
            program.folder, program.name, ready, inputs["startup_timeout_s"], "waiting until it listens", work
        )
        return {
            "status": "running",
            "config": program.config,
            "told": files.digest(inputs["text"]),
            "pid": sight.pid,
            "log": _log(inputs),
        }


def _program(inputs: Mapping[str, Any]) -> Program:
    return Program(
        folder=Path(inputs["folder"]),
        name=inputs["name"],
        command=(sys.executable, "-m", MODULE, str(_file(inputs))),
        environment={},
        ports={"https": int(inputs["port"])},
        drain_s=inputs["drain_timeout_s"],
    )


def _file(inputs: Mapping[str, Any]) -> Path:
    return Path(inputs["folder"]) / str(inputs["name"]) / CONFIGURATION


def _health(state: Mapping[str, Any], sight: Sight) -> str:
    """The program's status; one that listens is running, also in the first second, which supervisord waits
    for.
    """
    if sight.status not in ("running", "starting"):
        return sight.status
    return "running" if ports.listens(int(state["port"]), sight.pid) else "hung"


def _log(inputs: Mapping[str, Any]) -> str:
    return str(program_files.log_file(Path(inputs["folder"]), inputs["name"]))
