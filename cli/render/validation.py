"""How checked specs look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.render.failure import show_problems, styled_problem

if TYPE_CHECKING:
    from llmdeploy.cli.render.reports.checked import CheckedSpec


def show_checked(specs: Sequence[CheckedSpec]) -> None:
    """A line for each good spec and its warnings, then all problems of the others on stderr."""
    for spec in specs:
        if not spec.problems:
            click.echo(f"{click.style('✓', fg='green')} {spec.file}")
        for warning in spec.warnings:
            click.echo(f"  {click.style('!', fg='yellow')} {styled_problem(warning)}")
    problems = tuple(problem for spec in specs for problem in spec.problems)
    if problems:
        context = click.get_current_context()
        show_problems(problems, color=context.color)
