"""The engine at the service of a stack: one method an operation."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.home import Home
from llmdeploy.infra.runner.events import EventSink, ignore
from llmdeploy.infra.runner.file_errors import file_errors
from llmdeploy.infra.runner.result import HistoryEntry, RunResult
from llmdeploy.infra.state.backend import Backend

if TYPE_CHECKING:
    from llmdeploy.infra.runner.session import Session
    from llmdeploy.infra.runner.update_plan import UpdatePlan

Program: TypeAlias = Callable[[], None]
"""A Pulumi program: declares resources with pulumi's classes, exports outputs with `pulumi.export`."""


class Runner:
    """Runs programs on stacks of one project. Nothing is started until a method is called.

    All methods raise LlmdeployError subclasses only (infra/errors.py draws the tree). While one of them runs
    in the main thread, Ctrl-C and SIGTERM stop the engine after its current step (twice: at once), then the
    method raises Interrupted with the state saved.

    Args:
        acquire_plugins: whether the engine may download provider plugins (aws, gcp). Without it a missing
            plugin is an error at once instead of a wait for the network.
    """

    def __init__(
        self,
        home: Home,
        engine: Engine,
        backend: Backend,
        project: str = "llmdeploy",
        environ: Mapping[str, str] = os.environ,
        acquire_plugins: bool = False,
    ) -> None:
        self._home = home
        self._engine = engine
        self._backend = backend
        self._project = project
        self._environ = environ
        self._acquire_plugins = acquire_plugins

    def preview(
        self,
        stack: str,
        program: Program,
        on_event: EventSink = ignore,
        *,
        refresh: bool = False,
        keep_plan: bool = False,
    ) -> RunResult:
        """What `up` would do. Changes nothing, also not the state (a new stack is not left behind).

        Args:
            keep_plan: also return the engine's update plan, to which `up` can be held.
        """
        from llmdeploy.infra.runner.operations import preview

        with file_errors(self._home):
            return preview(self._session(stack, on_event, program), refresh, keep_plan)

    def up(
        self,
        stack: str,
        program: Program,
        on_event: EventSink = ignore,
        *,
        refresh: bool = False,
        message: str = "",
        keep_going: bool = False,
        update_plan: UpdatePlan | None = None,
        targets: Sequence[str] = (),
    ) -> RunResult:
        """Make the stack what the program says. With `refresh`, drift is found and mended in the same run.

        Args:
            keep_going: a resource that fails keeps back only those that need it; without, nothing new is
                begun after it.
            update_plan: nothing is done that it does not say.
            targets: URNs, or patterns of them with `**`, of the only resources that are touched; all if there
                are none. The others stay as they are in the state.
        """
        from llmdeploy.infra.runner.operations import up

        with file_errors(self._home):
            session = self._session(stack, on_event, program)
            return up(session, refresh, message, keep_going, update_plan, targets)

    def refresh(self, stack: str, on_event: EventSink = ignore, *, preview_only: bool = False) -> RunResult:
        """Ask the providers what is really there and keep it in the state (not with `preview_only`)."""
        from llmdeploy.infra.runner.operations import refresh

        with file_errors(self._home):
            return refresh(self._session(stack, on_event), preview_only)

    def destroy(self, stack: str, on_event: EventSink = ignore, *, preview_only: bool = False) -> RunResult:
        """Remove everything in the stack, then the stack itself with its history."""
        from llmdeploy.infra.runner.operations import destroy

        with file_errors(self._home):
            return destroy(self._session(stack, on_event), preview_only)

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """The outputs of the last `up`. Raises StackMissing."""
        from llmdeploy.infra.runner.questions import outputs

        with file_errors(self._home):
            return outputs(self._session(stack), show_secrets)

    def known(self, stack: str) -> dict[str, Any]:
        """The outputs that are no secret, as quickly as they can be had; none before the first `up`."""
        from llmdeploy.infra.errors import StackMissing
        from llmdeploy.infra.state.damage import state_file
        from llmdeploy.infra.state.outputs import outputs_on_disk

        file = state_file(self._backend, self._project, stack)
        if file is not None:
            if not file.exists():
                return {}
            if (found := outputs_on_disk(file)) is not None:
                return found
        try:
            return self.outputs(stack)
        except StackMissing:
            return {}

    def export(self, stack: str) -> dict[str, Any]:
        """The state as Pulumi keeps it, secrets encrypted. Raises StackMissing."""
        from llmdeploy.infra.runner.questions import export

        with file_errors(self._home):
            return export(self._session(stack))

    def history(self, stack: str, limit: int = 10) -> tuple[HistoryEntry, ...]:
        """The last operations, newest first. Raises StackMissing."""
        from llmdeploy.infra.runner.questions import history

        with file_errors(self._home):
            return history(self._session(stack), limit)

    def stacks(self) -> tuple[str, ...]:
        """Names of all stacks of this project in the backend."""
        from llmdeploy.infra.runner.questions import stacks

        with file_errors(self._home):
            return stacks(self._session(""))

    def _session(self, stack: str, on_event: EventSink = ignore, program: Program | None = None) -> Session:
        from llmdeploy.infra.runner.session import Session

        return Session(
            stack=stack,
            project=self._project,
            program=program,
            backend=self._backend,
            engine=self._engine,
            folder=self._home.root / "workspace" / self._project,
            locks=self._home.locks,
            environ=self._engine_environment(),
            on_event=on_event,
        )

    def _engine_environment(self) -> dict[str, str]:
        from llmdeploy.infra.runner.workspace import engine_environment
        from llmdeploy.infra.state.passphrase import passphrase_environment

        return {
            **engine_environment(self._environ, self._pulumi_home(), self._acquire_plugins),
            **passphrase_environment(self._home, self._environ),
            "PULUMI_BACKEND_URL": self._backend.url,
        }

    def _pulumi_home(self) -> Path | None:
        """The engine's plugins go into our cache, so that the user's ~/.pulumi is not touched; but the
        accounts of Pulumi Cloud are kept there, and a PULUMI_HOME that the user set is meant."""
        from llmdeploy.infra.runner.engine_home import engine_home

        if self._environ.get("PULUMI_HOME") or self._backend.is_service:
            return None
        return engine_home(self._home.cache)
