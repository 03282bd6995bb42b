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
    if error.mend:
        click.echo(f"  {click.style('→', fg='green')} {error.mend}", err=True, color=color)


def show_problems(problems: tuple[Problem, ...], *, color: bool | None) -> None:
    """Write each problem to stderr, place first so that editors can jump to it, and how many there are."""
    for problem in problems:
        click.echo(styled_problem(problem), err=True, color=color)
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {count}.", err=True, color=color)


def failure_document(error: LlmdeployError) -> dict[str, Any]:
    """The error as data, for `--json`."""
    document: dict[str, Any] = {"ok": False, "exit_code": error.exit_code}
    if isinstance(error, SpecErrors):
        return document | {"problems": [asdict(problem) for problem in error.problems]}
    return document | {"error": {"problem": error.problem, "mend": error.mend}}


def styled_problem(problem: Problem) -> str:
    """The line `file:line:column path: problem; mend` of `str(problem)`, in colours."""
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    path = f" {click.style(problem.path, bold=True)}" if problem.path else ""
    mend = f"; {click.style(problem.mend, fg='green')}" if problem.mend else ""
    return f"{click.style(place, fg='cyan')}{path}: {problem.problem}{mend}"
