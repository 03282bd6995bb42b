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
    problem = visible(error.problem.rstrip(), keep="\n")
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {problem}", err=True, color=color)
    if error.mend:
        mend = visible(error.mend, keep="\n")
        click.echo(f"  {click.style('→', fg='green')} {mend}", err=True, color=color)


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
    file = visible(problem.file)
    place = f"{file}:{problem.line}:{problem.column}" if problem.line else file
    path = f" {click.style(visible(problem.path), bold=True)}" if problem.path else ""
    mend = f"; {click.style(visible(problem.mend), fg='green')}" if problem.mend else ""
    return f"{click.style(place, fg='cyan')}{path}: {visible(problem.problem)}{mend}"


def visible(text: str, *, keep: str = "") -> str:
    """The text with control characters as escapes: what a spec says can neither steer a terminal nor begin a
    line that a pipeline takes for a command.

    Args:
        keep: characters that stay as they are.
    """
    return "".join(each if each.isprintable() or each in keep else repr(each)[1:-1] for each in text)
