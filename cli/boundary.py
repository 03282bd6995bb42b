"""The one place where an error becomes a message and an exit code."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.render.failure import failure_document, show_failure
from llmdeploy.serving.errors import LlmdeployError


def exit_code_of(
    run: Callable[[], int], *, argv: Sequence[str], environ: Mapping[str, str], color: bool | None
) -> int:
    """Run the command line and return the exit code; whatever it raises is shown and becomes a code.

    Args:
        run: the command line; returns its exit code.
        argv: the arguments, to know whether `--json` was asked for.
        environ: `LLMDEPLOY_DEBUG=1` lets a bug's traceback through.
        color: whether to colour; None lets the stream decide.
    """
    try:
        try:
            code = _shown(run, argv=argv, environ=environ, color=color)
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_output()
            return exit_codes.PIPE_CLOSED
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    return code


def _shown(
    run: Callable[[], int], *, argv: Sequence[str], environ: Mapping[str, str], color: bool | None
) -> int:
    try:
        return run()
    except LlmdeployError as error:
        if _json_wanted(argv):
            click.echo(json.dumps(failure_document(error)))
        else:
            show_failure(error, color=color)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo("\nInterrupted.", err=True)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if environ.get("LLMDEPLOY_DEBUG") == "1":
            raise
        from llmdeploy.cli.bug_report import save_report

        report = save_report(error, argv=argv, environ=environ)
        bug = LlmdeployError(
            f"this is a bug in llmdeploy: {type(error).__name__}",
            f"send the report {report}; LLMDEPLOY_DEBUG=1 shows the traceback",
        )
        show_failure(bug, color=color)
        return exit_codes.BUG


def _json_wanted(argv: Sequence[str]) -> bool:
    options = argv[: argv.index("--")] if "--" in argv else argv
    return "--json" in options


def _drop_output() -> None:
    # What is still buffered can reach no one; without this the interpreter complains while it exits.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
