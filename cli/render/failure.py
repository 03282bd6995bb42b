"""How an error looks: the problem, and the mend on its own line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from llmdeploy.serving.errors import LlmdeployError, Problem, SpecErrors


def show_failure(error: LlmdeployError, *, color: bool | None) -> None:
    """Write the error to stderr; all problems when it holds several."""
    if isinstance(error, SpecErrors):
        show_problems(error.problems, color=color)
        return
    click.echo(
        f"{click.style('Error:', fg='red', bold=True)} {error.problem.rstrip()}", err=True, color=color
    )
    _show_mend(error.mend, color=color)


def show_problems(problems: tuple[Problem, ...], *, color: bool | None) -> None:
    """Write each problem to stderr, place first so that editors can jump to it, and how many there are."""
    for problem in problems:
        path = f" {click.style(problem.path, bold=True)}" if problem.path else ""
        click.echo(f"{_place(problem)}{path}: {problem.problem}", err=True, color=color)
        _show_mend(problem.mend, color=color)
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {count}.", err=True, color=color)


def failure_document(error: LlmdeployError) -> dict[str, Any]:
    """The error as data, for `--json`."""
    document: dict[str, Any] = {"ok": False, "exit_code": error.exit_code}
    if isinstance(error, SpecErrors):
        return document | {"problems": [asdict(problem) for problem in error.problems]}
    return document | {"error": {"problem": error.problem, "mend": error.mend}}


def _place(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    return click.style(place, fg="cyan")


def _show_mend(mend: str, *, color: bool | None) -> None:
    if mend:
        click.echo(f"  {click.style('→', fg='green')} {mend}", err=True, color=color)
