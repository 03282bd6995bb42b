"""What `plan`, `cost`, `compare` and `advise` show of a spec is remembered: asking again costs next to
nothing.

What is remembered holds for everything that it was made of: the bytes of the spec, the environment and the
options, how it is shown, our own code, the user's prices and models, what the hub told, and this machine
where local regions run on it. A spec that names a file or a folder of this machine is never remembered: what
lies in there is looked at each time.
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from llmdeploy import cli, serving
from llmdeploy.cli.kept import Kept, code, contents, name_of
from llmdeploy.cli.opening import open_source
from llmdeploy.cli.render.look import look_of
from llmdeploy.infra.home import Home

if TYPE_CHECKING:
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.spec import ServingSpec

Draw = Callable[["Plan", TextIO], None]

MOST_KEPT: Final = 100
"""Older views are forgotten; each is a file of 3 KiB (two regions) to 1 MiB (the JSON of 50)."""
TERMINAL_VARIABLES: Final = ("TERM", "COLORTERM", "FORCE_COLOR")
"""From these rich takes which colours a terminal has."""


@dataclass(frozen=True, slots=True)
class View:
    """What a user asked to see of a spec.

    Args:
        command: its name.
        options: those that change what is shown.
        check: whether weights and adapters must be on this machine.
    """

    command: str
    spec: Path
    environment: str | None
    options: Mapping[str, object]
    home: Home
    check: bool = False

    def show(self, draw: Draw) -> None:
        """Write what is remembered to stdout; else plan the spec, and let `draw` write what there is to see.

        Raises:
            SpecErrors: every problem of the spec.
        """
        kept = Kept(self.home.cache / "views", MOST_KEPT)
        name = self._name()
        known = kept.find(name) if name else None
        if isinstance(known, dict) and _holds(known, self.home):
            sys.stdout.write(known["text"])
            return
        machine = _machine(self.home)
        source, plan = open_source(self.spec, self.environment, self.home, check=self.check)
        text = _drawn(plan, draw)
        sys.stdout.write(text)
        # What changed while we planned may or may not be in the plan.
        if name and name == self._name() and machine == _machine(self.home):
            _remember(kept, name, text, source, plan, machine, self.home)

    def _name(self) -> str | None:
        terminal = {name: os.environ.get(name) for name in TERMINAL_VARIABLES}
        return name_of(
            self.spec,
            self.command,
            self.environment,
            self.options,
            self.check,
            asdict(look_of(sys.stdout)),
            terminal,
            code(Path(serving.__file__).parent, Path(cli.__file__).parent),
            contents(self.home.root / "catalog"),
            contents(self.home.cache / "hub"),
        )


def _drawn(plan: Plan, draw: Draw) -> str:
    text = io.StringIO()
    draw(plan, text)
    return text.getvalue()


def _remember(
    kept: Kept, name: str, text: str, source: LoadedSpec, plan: Plan, machine: dict[str, Any], home: Home
) -> None:
    named = _named(source.spec)
    local = plan.regions[0].provider == "local"
    known = {
        "text": text,
        "named": named,
        "machine": machine if local else None,
        "until": None if local else _told_until(source.spec, home),
    }
    if _holds(known, home):
        kept.keep(name, known)


def _holds(known: dict[str, Any], home: Home) -> bool:
    """Whether what a view was made of, beside what it is known by, is as it was."""
    with suppress(KeyError, TypeError):  # else not ours to trust
        return (
            isinstance(known["text"], str)
            and (known["until"] is None or time.time() < known["until"])
            and not _on_this_machine(known["named"])
            and (known["machine"] is None or known["machine"] == _machine(home))
        )
    return False


def _machine(home: Home) -> dict[str, Any]:
    from llmdeploy.infra.machine import this_machine

    return asdict(this_machine(home.cache))


def _named(spec: ServingSpec) -> list[str]:
    """The sources of weights that a spec names."""
    draft = spec.speculative.model if spec.speculative else None
    return [spec.model.id, *(adapter.source for adapter in spec.model.adapters), *([draft] if draft else [])]


def _on_this_machine(sources: list[str]) -> bool:
    try:
        return any(source.startswith(("/", ".", "~")) or Path(source).exists() for source in sources)
    except OSError:  # a bucket's path that is too long for a file's
        return False


def _told_until(spec: ServingSpec, home: Home) -> float | None:
    """When the hub must be asked again about the spec's models, in seconds of the epoch; None: never."""
    draft = spec.speculative.model if spec.speculative else None
    models = [(spec.model.id, spec.model.revision), *([(draft, None)] if draft else [])]
    asked = [_asked_again(name, revision, home) for name, revision in models]
    return min((when for when in asked if when is not None), default=None)


def _asked_again(name: str, revision: str | None, home: Home) -> float | None:
    from llmdeploy.infra.hub.describe import COMMIT, FRESH_S
    from llmdeploy.serving.models.errors import ModelUnknown
    from llmdeploy.serving.models.kept import kept_file
    from llmdeploy.serving.models.lookup import model_architecture

    try:
        model_architecture(name, revision, overlay=home.root / "catalog")
    except ModelUnknown:
        told = kept_file(home.cache / "hub", f"{name}@{revision or 'main'}")
    else:
        return None
    if not told.exists():
        return 0.0
    return None if revision and re.fullmatch(COMMIT, revision) else told.stat().st_mtime + FRESH_S
