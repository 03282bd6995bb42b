"""One stack being worked on: engine commands in, our events and errors out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pulumi.automation import CommandError
from pulumi.automation.errors import ConcurrentUpdateError

from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.errors import Interrupted
from llmdeploy.infra.runner.events import EventSink, Note
from llmdeploy.infra.runner.failures import Failure, explain
from llmdeploy.infra.runner.leftovers import holders, still_held, wait_for_engines
from llmdeploy.infra.runner.pending import clear_pending
from llmdeploy.infra.runner.workspace import EngineCommand, ThriftyStack, open_stack
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import damage, damaged_locks, forget_damaged_attributes, state_file
from llmdeploy.serving.errors import LlmdeployError

_INTERRUPT_NOTES = (
    "stopping after the current step; press Ctrl-C again to stop at once",
    "stopping at once; what is under way may be left half done, the next run takes it up",
    "engine killed; the next run cleans up",
)
_Done = TypeVar("_Done")
_EXISTS = "already exists"
_UNREADABLE = "failed to load checkpoint"
_SAVING_TRIES = 5
_SAVING_PAUSE_S = 0.3
"""Saving a state takes milliseconds; a file that is damaged longer than this is damaged for good."""


@dataclass(frozen=True)
class Session:
    """Everything that an operation on one stack needs. `environ` is the engine's whole environment."""

    stack: str
    project: str
    program: Callable[[], None] | None
    backend: Backend
    engine: Engine
    folder: Path
    locks: Path
    environ: Mapping[str, str]
    on_event: EventSink
    command: EngineCommand = field(init=False)

    def __post_init__(self) -> None:
        command = EngineCommand(self.engine, self.environ, self._interrupted)
        object.__setattr__(self, "command", command)

    def note(self, message: str) -> None:
        """Tell the user something that the engine does not know."""
        self.on_event(Note(message))

    def open(self) -> ThriftyStack:
        """The Automation API's stack; starts no process."""
        return open_stack(self.folder, self.project, self.stack, self.command, self.environ, self.program)

    def elsewhere(self, folder: Path) -> Session:
        """The same in another folder, with an empty state there."""
        state = folder / "state"
        state.mkdir()
        url = state.as_uri()
        environ = {**self.environ, "PULUMI_BACKEND_URL": url}
        return replace(self, folder=folder / "workspace", backend=Backend(url), environ=environ)

    def run(self, operation: Callable[[ThriftyStack], Any], unclean: bool = False) -> None:
        """Run it, taking up what a killed run left.

        Args:
            unclean: the run before ended half-way.

        Raises:
            CommandError: the engine's own failure, for the caller to explain.
            StackLocked: somebody else's engine is at work on the stack.
        """
        if unclean:
            self._past_dead_locks(lambda: clear_pending(self.question, self.stack, self.folder, self.note))
        self._past_dead_locks(lambda: self._past_saving(lambda: operation(self.open())))

    def is_new(self) -> bool:
        """Where a look at files tells that there is no such stack yet: asking the engine takes it half a
        second. False where only the engine can tell."""
        file = state_file(self.backend, self.project, self.stack)
        # Compressed, a backup, or in the layout of old, beside the projects: all say that it was there.
        return file is not None and not any(file.parents[1].rglob(f"{file.name}*"))

    def create(self) -> None:
        """Make the stack in the backend, empty."""
        try:
            self.question("stack", "init", self.stack)
        except CommandError as error:
            # The engine of a killed run may have made it just now.
            if _EXISTS not in str(error):
                raise self.explained(error) from None

    def ask(self, *arguments: str) -> str:
        """Standard output of an engine command that changes no resource. Raises our errors."""
        try:
            return self.question(*arguments)
        except CommandError as error:
            raise self.explained(error) from None

    def explained(self, error: CommandError) -> LlmdeployError:
        """Our error for one of the Automation API's."""
        if isinstance(error, ConcurrentUpdateError):
            return still_held(self.stack, holders(str(error)))
        return self.explain(_printed(error))

    def explain(self, text: str) -> LlmdeployError:
        """Our error for what the engine said."""
        return explain(Failure(text, self.backend, self.project, self.stack))

    def question(self, *arguments: str) -> str:
        """As `ask`, but raises the Automation API's CommandError."""
        self.open()
        run = partial(self.command.run, cwd=str(self.folder), additional_env=self.environ)
        printed = self._past_saving(lambda: run([*arguments])).stdout
        if self.command.interrupted:
            raise Interrupted(f"stack {self.stack}: interrupted", "run the same command again")
        return printed

    def _past_saving(self, action: Callable[[], _Done]) -> _Done:
        """An engine of a killed run may be saving the state just as ours reads it, or have died saving."""
        for _ in range(_SAVING_TRIES):
            try:
                return action()
            except CommandError as error:
                if _UNREADABLE not in str(error) or not self._state_is_whole_soon():
                    raise
        return action()

    def _state_is_whole_soon(self) -> bool:
        time.sleep(_SAVING_PAUSE_S)
        file = state_file(self.backend, self.project, self.stack)
        if file is None or damage(file) is not None:
            return False
        forget_damaged_attributes(self.backend, self.project, self.stack)
        return True

    def _past_dead_locks(self, action: Callable[[], Any]) -> None:
        try:
            action()
        except CommandError as error:
            if not self._waited_for_lock(error):
                raise
            self.question("cancel", "--yes", "--stack", self.stack)
            self.note("an earlier run was killed: going on from where it stopped")
            clear_pending(self.question, self.stack, self.folder, self.note)
            action()

    def _waited_for_lock(self, error: CommandError) -> bool:
        """It was a lock that failed the command, and nobody holds it any more."""
        if isinstance(error, ConcurrentUpdateError):
            wait_for_engines(self.stack, holders(str(error)), self.note)
            return True
        return bool(damaged_locks(self.backend, self.project, self.stack))

    def _interrupted(self, count: int) -> None:
        self.note(_INTERRUPT_NOTES[min(count, len(_INTERRUPT_NOTES)) - 1])


def _printed(error: CommandError) -> str:
    text = str(error)
    return text.partition("\n stderr: ")[2] or text
