"""A review, in the format that was asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.render.console import console
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.review.run import Outcome


def show_outcome(outcome: Outcome, form: str, output: Path | None, report_url: str | None) -> None:
    """Write it to stdout or into a file, then on stderr which conditions hold.

    Raises:
        LlmdeployError: the file cannot be written.
    """
    if form == "text" and output is None:
        from llmdeploy.cli.render.review.text import show_reviews

        show_reviews(outcome.reviews, console())
    elif output is None:
        click.echo(rendered(outcome, form, report_url), nl=False)
    else:
        write(output, rendered(outcome, form, report_url))
    for sentence in outcome.broken:
        click.echo(f"{click.style('Refused:', fg='red', bold=True)} {sentence}", err=True)


def rendered(outcome: Outcome, form: str, report_url: str | None = None) -> str:
    """The whole text of a format."""
    if form == "markdown":
        from llmdeploy.cli.render.review.comment import comment

        return comment(outcome.reviews, report_url=report_url)
    if form == "html":
        from llmdeploy.cli.render.review.page import page

        return page(outcome.reviews)
    if form == "json":
        from llmdeploy.cli.render.review.document import document

        return json.dumps(document(outcome.reviews, outcome.broken), indent=2, ensure_ascii=False) + "\n"
    import io

    from llmdeploy.cli.render.review.text import show_reviews

    into = io.StringIO()
    show_reviews(outcome.reviews, console(into=into))
    return into.getvalue()


def write(file: Path, text: str) -> None:
    """Write a file, in a folder that is made if need be. Raises LlmdeployError: it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LlmdeployError(f"{file} cannot be written: {error.strerror}", "give another path") from error
