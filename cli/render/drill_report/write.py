"""Writes a drill's report to where it was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.drill.report import DrillReport

ENDINGS: Final = (".html", ".md")


def write_report(report: DrillReport, file: Path) -> None:
    """By the file's ending: a page, or Markdown and `NAME.svg` beside it.

    Raises:
        LlmdeployError: the file cannot be written.
    """
    try:
        for path, text in _files(report, file).items():
            path.write_text(text, "utf-8")
    except OSError as error:
        raise LlmdeployError(
            f"{error.filename}: {error.strerror}", "name a file in a folder that you may write to"
        ) from error


def _files(report: DrillReport, file: Path) -> dict[Path, str]:
    if file.suffix.lower() == ".html":
        from llmdeploy.cli.render.drill_report.page import page

        return {file: page(report)}
    from llmdeploy.cli.render.drill_figures import headline
    from llmdeploy.cli.render.drill_report.markdown import markdown
    from llmdeploy.cli.render.drill_report.svg import draw

    if report.timeline is None:
        return {file: markdown(report)}
    picture = file.with_suffix(".svg")
    return {
        file: markdown(report, picture.name),
        picture: draw(report.timeline, report.fault, headline(report)),
    }
