"""How checked specs look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.render.failure import show_problems, styled_problem

if TYPE_CHECKING:
    from llmdeploy.cli.verdicts import Verdict
    from llmdeploy.serving.errors import SpecErrors


def show_verdicts(good: Sequence[Verdict], bad: Sequence[SpecErrors]) -> None:
    """A line for each good spec and its warnings, then all problems of the others on stderr."""
    for verdict in good:
        click.echo(f"{click.style('✓', fg='green')} {verdict.file}")
        for warning in verdict.warnings:
            click.echo(f"  {click.style('!', fg='yellow')} {styled_problem(warning)}")
    problems = tuple(problem for errors in bad for problem in errors.problems)
    if problems:
        context = click.get_current_context()
        show_problems(problems, color=context.color)


def print_verdicts(good: Sequence[Verdict], bad: Sequence[SpecErrors]) -> None:
    """One JSON document: every problem and warning with its place."""
    document = {
        "ok": not bad,
        "valid": [verdict.file for verdict in good],
        "problems": [asdict(problem) for errors in bad for problem in errors.problems],
        "warnings": [asdict(warning) for verdict in good for warning in verdict.warnings],
    }
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
