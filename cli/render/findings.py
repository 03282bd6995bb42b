"""How the findings of `doctor` look."""

from __future__ import annotations

from typing import Final

import click

from llmdeploy.cli.doctor.check import Finding

_SIGNS: Final = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "blocks": ("✗", "red")}


def show_finding(finding: Finding) -> None:
    """One line, and the mend on the next."""
    sign, color = _SIGNS[finding.verdict]
    click.echo(f"{click.style(sign, fg=color)} {finding.subject:15} {finding.found}")
    if finding.mend:
        click.echo(f"  {click.style('→', fg='green')} {finding.mend}")
