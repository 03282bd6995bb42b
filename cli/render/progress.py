"""An operation of the engine while it runs: live on a terminal, lines without, JSON lines with `--json`."""

from __future__ import annotations

from typing import Protocol

from llmdeploy.infra.runner.events import Event


class Progress(Protocol):
    """Shows events while it is entered."""

    def __enter__(self) -> Progress:
        """Begin to show."""
        ...

    def __exit__(self, *_error: object) -> None:
        """Leave the terminal as it was found."""
        ...

    def __call__(self, event: Event) -> None:
        """Show one event. Called from the runner's thread."""
        ...


def progress(*, as_json: bool) -> Progress:
    """The view that suits where the output goes."""
    if as_json:
        from llmdeploy.cli.render.progress_json import JsonProgress

        return JsonProgress()
    from llmdeploy.cli.render.console import console

    out = console()
    if out.is_terminal:
        from llmdeploy.cli.render.progress_live import LiveProgress

        return LiveProgress(out)
    from llmdeploy.cli.render.progress_lines import LineProgress

    return LineProgress(out)
