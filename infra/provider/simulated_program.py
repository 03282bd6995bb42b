"""What the programs that stand for something a simulated cloud runs have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from llmdeploy.infra.provider import ports, program_files, programs, readiness, supervisord
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.supervisor import Folder, Running
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen


class SimulatedProgramInputs(Frozen):
    """Where it stands, and how long it may take."""

    folder: Folder
    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    startup_timeout_s: Annotated[float, Field(gt=0)] = 60
    drain_timeout_s: Annotated[float, Field(ge=0)] = 10
    status: Running = "running"


class SimulatedProgram(ABC):
    """One process that is told by files what to do, and takes up a change of them while it runs. Outputs:
    status, config, a digest of what it was told, pid, log.
    """

    told: ClassVar[str]
    """The output with the digest."""
    replace_on = frozenset({"folder", "name"})
    secret_outputs: frozenset[str] = frozenset()

    @abstractmethod
    def program(self, inputs: Mapping[str, Any]) -> Program:
        """What supervisord runs."""

    @abstractmethod
    def digests(self, inputs: Mapping[str, Any]) -> Any:
        """Of what it is to be told."""

    @abstractmethod
    def digests_on_disk(self, state: Mapping[str, Any]) -> Any:
        """Of what it is told."""

    @abstractmethod
    def tell(self, inputs: Mapping[str, Any]) -> None:
        """Write its files."""

    @abstractmethod
    def forget(self, state: Mapping[str, Any]) -> None:
        """Remove its files, as far as they are there."""

    @abstractmethod
    def listens_on(self, inputs: Mapping[str, Any]) -> tuple[int, ...]:
        """The ports that make it ready."""

    @abstractmethod
    def answers(self, state: Mapping[str, Any], pid: int | None) -> bool:
        """Whether it serves now."""

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder and the name in it."""
        return f"{inputs['folder']}/{inputs['name']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """All but the pid, when what it is told is known."""
        known = UNKNOWN not in str(inputs)
        return {
            "status": "running",
            "config": self.program(inputs).config if known else UNKNOWN,
            self.told: self.digests(inputs) if known else UNKNOWN,
            "pid": UNKNOWN,
            "log": UNKNOWN if inputs["folder"] == UNKNOWN else _log(inputs),
        }

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Edited, missing and foreign files."""
        if UNKNOWN in str(inputs):
            return set()
        found = {"config"} if state.get("config") != self.program(inputs).config else set()
        return found | ({self.told} if state[self.told] != self.digests(inputs) else set())

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
            "status": self._health(state, sight),
            "config": program_files.config_on_disk(folder, name),
            self.told: self.digests_on_disk(state),
            "pid": sight.pid,
            "log": _log(state),
        }

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Tell the running program something else, or mend it. What it is told is no reason for a restart."""
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
        self.forget(state)

    def _serve(self, inputs: Mapping[str, Any], work: Work) -> State:
        program = self.program(inputs)
        self.tell(inputs)
        programs.start(program, work)

        def ready(sight: Sight) -> bool:
            return all(ports.listens(port, sight.pid) for port in self.listens_on(inputs))

        sight = readiness.wait_ready(
            program.folder, program.name, ready, inputs["startup_timeout_s"], "waiting until it listens", work
        )
        return {
            "status": "running",
            "config": program.config,
            self.told: self.digests(inputs),
            "pid": sight.pid,
            "log": _log(inputs),
        }

    def _health(self, state: Mapping[str, Any], sight: Sight) -> str:
        """The program's status; one that answers is running, also in the first second, which supervisord
        waits for.
        """
        if sight.status not in ("running", "starting"):
            return sight.status
        return "running" if self.answers(state, sight.pid) else "hung"


def _log(inputs: Mapping[str, Any]) -> str:
    return str(program_files.log_file(Path(inputs["folder"]), inputs["name"]))
