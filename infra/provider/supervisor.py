"""`llmdeploy:local:Supervisor`: the supervisord of one region, or of the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from llmdeploy.infra.provider import files, supervisord
from llmdeploy.infra.provider.errors import FolderTaken
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen


def _supervised_folder(folder: str) -> str:
    if problem := supervisord.check_folder(folder):
        raise ValueError(problem)
    return folder


Folder = Annotated[str, AfterValidator(_supervised_folder)]

Running = Literal["running"]
"""The status that is wanted, an input so that a preview can show `status: stopped → running`."""


class SupervisorInputs(Frozen):
    """The folder that holds everything of it."""

    folder: Folder
    status: Running = "running"


class SupervisorResource:
    """One supervisord for a folder. Outputs: status, config (digest of supervisord.conf), pid."""

    inputs = SupervisorInputs
    replace_on = frozenset({"folder"})
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder."""
        return str(inputs["folder"])

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """Everything but the pid is known before."""
        folder = inputs["folder"]
        config = UNKNOWN if folder == UNKNOWN else files.digest(supervisord.configuration(Path(folder)))
        return {"status": "running", "config": config, "pid": UNKNOWN}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """An edited or missing configuration."""
        wanted = self.preview(inputs, state)["config"]
        return {"config"} if wanted not in (UNKNOWN, state.get("config")) else set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Start it, or adopt the one that runs."""
        folder = Path(inputs["folder"])
        try:
            supervisord.ensure(folder)
        except FolderTaken:
            raise
        except BaseException:
            supervisord.remove(folder)
            raise
        return self._outputs(folder)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """What runs, and what is on disk."""
        folder = Path(state["folder"])
        if not folder.is_dir() and not supervisord.is_running(folder):
            return None
        return self._outputs(folder)

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Start it anew when it is dead or its configuration changed, and restore its files."""
        folder = Path(inputs["folder"])
        supervisord.ensure(folder)
        return self._outputs(folder)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """End it and all it watches over, and remove its folder."""
        supervisord.remove(Path(state["folder"]))

    def _outputs(self, folder: Path) -> State:
        running = supervisord.is_running(folder)
        return {
            "status": "running" if running else "stopped",
            "config": files.digest(files.read_text(folder / supervisord.CONFIGURATION)),
            "pid": supervisord.pid_of(folder) if running else None,
        }
