"""What a merge brings: `llmdeploy up` of every spec, held to the plan that was reviewed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from llmdeploy.cli import exit_codes
from llmdeploy.cli.ci.touched import Touched

What = Literal["up", "refused", "failed", "destroyed", "still up"]
Run = Callable[[Sequence[str]], int]
"""Runs `llmdeploy` with arguments, and returns its exit code."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one spec.

    Args:
        why: for people; empty where it is what was asked for.
    """

    spec: str
    stack: str
    what: What
    exit_code: int = exit_codes.OK
    why: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to apply.

    Args:
        plans: the folder with the reviewed plans; None: without them.
        unreviewed: why there are none; empty where there are.
        before: a file with what a deleted spec said; None: those stay up.
        options: of every `up` and `destroy`.
    """

    plans: Path | None
    unreviewed: str
    before: Callable[[Touched], Path] | None
    options: Sequence[str]


def apply_all(specs: Sequence[Touched], wanted: Wanted, run: Run) -> Iterator[Applied]:
    """One spec after the other; a failure keeps back no other spec."""
    for spec in specs:
        yield _gone(spec, wanted, run) if spec.deleted else _there(spec, wanted, run)


def worst(applied: Sequence[Applied]) -> int:
    """The exit code of all of them."""
    return max((each.exit_code for each in applied), default=exit_codes.OK)


def llmdeploy_as_child(output: int | None = None) -> Run:
    """Runs the command itself, as this one was run.

    Args:
        output: a file descriptor for its stdout; None: ours.
    """
    command = Path(sys.executable).with_name("llmdeploy")

    def run(arguments: Sequence[str]) -> int:
        return subprocess.run([command, *arguments], stdout=output, check=False).returncode

    return run


def _there(spec: Touched, wanted: Wanted, run: Run) -> Applied:
    held: list[str] = []
    if wanted.plans is not None:
        plan = wanted.plans / f"{spec.stack}.plan.json"
        if wanted.unreviewed or not plan.is_file():
            why = wanted.unreviewed or f"the review saved no plan of {spec.stack}"
            return Applied(str(spec.spec), spec.stack, "refused", exit_codes.FAILED, why)
        held = ["--plan", str(plan)]
    code = run(["up", *held, "--yes", *_options(spec, wanted), "--", str(spec.spec)])
    return Applied(str(spec.spec), spec.stack, "failed" if code else "up", code, _meaning(code))


def _gone(spec: Touched, wanted: Wanted, run: Run) -> Applied:
    if wanted.before is None:
        why = "its spec is deleted; `--destroy-deleted` removes what is up"
        return Applied(str(spec.spec), spec.stack, "still up", why=why)
    code = run(["destroy", "--yes", *_options(spec, wanted), "--", str(wanted.before(spec))])
    return Applied(str(spec.spec), spec.stack, "failed" if code else "destroyed", code, _meaning(code))


def _options(spec: Touched, wanted: Wanted) -> list[str]:
    return [*(["--env", spec.environment] if spec.environment else []), *wanted.options]


def _meaning(code: int) -> str:
    return exit_codes.MEANINGS.get(code, f"it ended with {code}") if code else ""
