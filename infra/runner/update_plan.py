"""What the engine means to do, kept so that an `up` can be held to it.

An `up` with a plan does nothing that the plan does not say: another resource, another kind of step or another
value of a property fails that resource before anything is done to it. Less is allowed: a step that has become
needless is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

_SALT: Final = "encryptionsalt"


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """The engine's update plan.

    Attributes:
        document: as the engine writes it, secrets encrypted.
        salt: what they were encrypted with, beside the passphrase; empty where a service keeps secrets.
    """

    document: dict[str, Any] = field(repr=False)
    salt: str = ""


@contextmanager
def plan_file(*, wanted: bool) -> Iterator[Path | None]:
    """A place for a plan on its way from or to the engine, readable by us only; None where none is wanted."""
    if not wanted:
        yield None
        return
    with TemporaryDirectory(prefix="llmdeploy-plan-") as folder:
        yield Path(folder) / "plan.json"


def read_plan(file: Path, workspace: Path, stack: str) -> UpdatePlan:
    """The plan that the engine has just written.

    Args:
        workspace: the folder of the engine's project.
    """
    return UpdatePlan(json.loads(file.read_text()), str(_configuration(workspace, stack).get(_SALT, "")))


def write_plan(plan: UpdatePlan, file: Path, workspace: Path, stack: str) -> None:
    """Write the plan for the engine, which then decrypts what the other one encrypted."""
    file.write_text(json.dumps(plan.document))
    known = _configuration(workspace, stack)
    if plan.salt and known.get(_SALT) != plan.salt:
        workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        _file(workspace, stack).write_text(yaml.safe_dump({**known, _SALT: plan.salt}))


def _configuration(workspace: Path, stack: str) -> dict[str, Any]:
    file = _file(workspace, stack)
    return dict(yaml.safe_load(file.read_text()) or {}) if file.exists() else {}


def _file(workspace: Path, stack: str) -> Path:
    return workspace / f"Pulumi.{stack}.yaml"
