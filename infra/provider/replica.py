"""`llmdeploy:local:Replica`: one supervised process that serves the model."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import adapters, ports, program_files, programs, readiness, supervisord
from llmdeploy.infra.provider.adapters import AdaptersInput
from llmdeploy.infra.provider.errors import ProcessFailed
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.supervisor import Folder, Running
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frameworks.adapters import words_of
from llmdeploy.serving.frozen import Frozen

PORT = "http"
_PLACEHOLDER = re.compile(r"\{(python|port|weights|name|region|run)\}")
_Line = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class ReplicaInputs(Frozen):
    """What to run. `command` and `environment` may hold {python} {port} {weights} {name} {region} {run}."""

    folder: Folder
    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    region: str
    command: Annotated[tuple[_Line, ...], Field(min_length=1)]
    environment: dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], _Line] = Field(
        default_factory=dict
    )
    weights: str = ""
    adapters: AdaptersInput | None = None
    """Loaded and unloaded while it runs: a change of them alone is no restart."""
    health_path: Annotated[str, Field(pattern=r"^/\S*$")] = "/health"
    startup_timeout_s: Annotated[float, Field(gt=0)] = 120
    drain_timeout_s: Annotated[float, Field(ge=0)] = 10
    min_ready_s: Annotated[float, Field(ge=0)] = 0
    """Seconds that a restarted replica must have been ready before the next one is taken down."""
    status: Running = "running"


class ReplicaResource:
    """One replica. Outputs: status, config (digest of its files), port, pid, log."""

    inputs = ReplicaInputs
    replace_on = frozenset({"folder", "name"})
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder and the name in it."""
        return f"{inputs['folder']}/{inputs['name']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """The port stays unless another process has taken it; the pid is nobody's to say."""
        port = old.get("port", UNKNOWN)
        if old and _lost_port(old):
            port = UNKNOWN
        known = UNKNOWN not in (port, *_flat(inputs))
        log = UNKNOWN
        if UNKNOWN not in (inputs["folder"], inputs["name"]):
            log = str(program_files.log_file(Path(inputs["folder"]), inputs["name"]))
        config = _program(inputs, port).config if known else UNKNOWN
        return {"status": "running", "config": config, "port": port, "pid": UNKNOWN, "log": log}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Edited or missing files."""
        found: set[str] = set()
        if UNKNOWN not in _flat(inputs) and state.get("config") != _program(inputs, state["port"]).config:
            found.add("config")
        return found

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Start it and wait until it is ready. What an interrupted run left is kept if it is the same."""
        folder, name = Path(inputs["folder"]), inputs["name"]
        supervisord.require(folder, name)
        left = program_files.ports_on_disk(folder, name).get(PORT)
        program = _program(inputs, left or ports.choose_port())
        try:
            program, sight = self._start(program, inputs, work)
        except BaseException:
            programs.remove(folder, name, inputs["drain_timeout_s"], Work(work.report))
            raise
        return _outputs(program, sight)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """What runs, and what is on disk."""
        folder, name = Path(state["folder"]), state["name"]
        sight = programs.look(folder, name)
        if not folder.is_dir() and not sight.pid:
            return None
        return {
            "status": _health(state, sight),
            "config": program_files.config_on_disk(folder, name),
            "port": state["port"],
            "pid": sight.pid,
            "log": str(program_files.log_file(folder, name)),
        }

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Bring it to its new configuration, or mend it. While it serves, only one of the run is taken down
        at a time.

        Raises:
            ProcessFailed: it does not get ready; the one before has been started again.
        """
        supervisord.require(Path(inputs["folder"]), inputs["name"])
        serving = state.get("status") == "running"
        with work.turn if serving else contextlib.nullcontext():
            return self._update(inputs, state, work)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Let it finish its requests, end it, and remove its files."""
        folder, name = Path(state["folder"]), state["name"]
        programs.remove(folder, name, state["drain_timeout_s"], work)
        programs.remove_log(folder, name)

    def _update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        program = _program(inputs, state["port"])
        if state.get("status") in ("hung", "suspended"):
            programs.stop(program.folder, program.name, 0, work)
        before = programs.look(program.folder, program.name).pid
        try:
            program, sight = self._start(program, inputs, work)
        except ProcessFailed as failure:
            previous = _program(state, state["port"])
            if previous.config == program.config:
                raise
            restarted = programs.start(previous, work)
            adapters.restore(state["name"], state["port"], state.get("adapters"), state["startup_timeout_s"])
            after = "of before the change has been started again" if restarted else "serves on as before"
            mend = f"{failure.mend}; the replica {after}"
            raise ProcessFailed(failure.problem, mend) from failure
        if sight.pid != before:
            time.sleep(inputs["min_ready_s"])
        return _outputs(program, sight)

    def _start(self, program: Program, inputs: Mapping[str, Any], work: Work) -> tuple[Program, Sight]:
        """Start the program and wait for it, on another port when somebody else sits on its own."""
        if _lost_port({**inputs, "port": program.ports[PORT]}):
            taken = program.ports[PORT]
            program = _program(inputs, ports.choose_port())
            work.report(
                f"{program.name}: port {taken} is taken by {ports.describe_holder(taken)}, using another"
            )
        programs.start(program, work)
        port, path = program.ports[PORT], inputs["health_path"]

        def ready(sight: Sight) -> bool:
            return readiness.answers(port, path) and ports.listens(port, sight.pid)

        timeout_s = inputs["startup_timeout_s"]
        sight = readiness.wait_ready(program.folder, program.name, ready, timeout_s, "loading", work)
        adapters.swap(program.name, port, inputs.get("adapters"), timeout_s, work)
        return program, sight


def _program(inputs: Mapping[str, Any], port: int) -> Program:
    values = {
        "python": sys.executable,
        "port": str(port),
        "weights": inputs["weights"],
        "name": inputs["name"],
        "region": inputs["region"],
        "run": inputs["folder"],
    }

    def fill(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: values[match[1]], text)

    return Program(
        folder=Path(inputs["folder"]),
        name=inputs["name"],
        command=tuple(map(fill, inputs["command"])),
        environment={key: fill(value) for key, value in inputs["environment"].items()},
        ports={PORT: port},
        drain_s=inputs["drain_timeout_s"],
        adapters=_words(inputs.get("adapters")),
    )


def _words(wanted: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    return None if wanted is None else words_of(wanted["calls"], dict(sorted(wanted["sources"].items())))


def _outputs(program: Program, sight: Sight) -> State:
    return {
        "status": "running",
        "config": program.config,
        "port": program.ports[PORT],
        "pid": sight.pid,
        "log": str(program_files.log_file(program.folder, program.name)),
    }


def _health(state: Mapping[str, Any], sight: Sight) -> str:
    """The program's status, told further by its health check and by who sits on its port."""
    if sight.status in ("running", "starting"):
        if readiness.answers(state["port"], state["health_path"]):
            if not adapters.are_loaded(state["port"], state.get("adapters")):
                return "outdated"
            return "running" if sight.status == "starting" else sight.status
        return "loading" if _age_s(sight) < state["startup_timeout_s"] else "hung"
    return "port taken" if _lost_port(state) else sight.status


def _lost_port(state: Mapping[str, Any]) -> bool:
    """Whether a process that is not the replica listens on the replica's port."""
    port = state["port"]
    return port != UNKNOWN and ports.is_taken(port, programs.pids(Path(state["folder"]), state["name"]))


def _age_s(sight: Sight) -> float:
    import psutil

    try:
        return time.time() - psutil.Process(sight.pid).create_time()
    except psutil.NoSuchProcess:
        return 0


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in _flat(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _flat(item)]
    return [value]
