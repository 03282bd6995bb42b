"""The main job for a newcomer, run by `make demo`: one spec, two regions, a streamed answer.

Every step is a command that can be typed as it is shown. Run again, it finds all up and takes seconds.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import click

from llmdeploy import stacks

_PROMPT: Final = "Write one sentence about the ocean."


def main() -> int:
    """Run the steps; the exit code is that of the first one that fails."""
    began = time.monotonic()
    spec = spec_path()
    for why, arguments in (
        ("One spec becomes two regions of this machine behind a gateway", ["up", spec, "--yes"]),
        ("Both regions are healthy", ["status", spec]),
        ("Ask the model something, through the gateway", ["chat", spec, _PROMPT, "--max-tokens", "60"]),
    ):
        if code := _step(why, arguments):
            return code
    _how_to_go_on(spec, time.monotonic() - began)
    return 0


def spec_path() -> str:
    """The example's path, from where we are when it lies below."""
    path = Path(stacks.__file__).resolve().parent / "examples" / "chat.yaml"
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _step(why: str, arguments: list[str]) -> int:
    click.secho(f"\n# {why}.", dim=True)
    click.secho(f"$ {shlex.join(['llmdeploy', *arguments])}", bold=True)
    command = Path(sys.executable).with_name("llmdeploy")
    try:
        return subprocess.run([command, *arguments], check=False).returncode
    except KeyboardInterrupt:
        return 130


def _how_to_go_on(spec: str, seconds: float) -> None:
    click.secho(f"\nAll of this took {seconds:.0f} s. Go on with:", bold=True)
    for command, what in (
        (f"llmdeploy drill {spec} --kill local/a", "lose a region under load, and see what clients see"),
        (f"llmdeploy status {spec} --watch", "watch it, in another terminal"),
        (f"llmdeploy destroy {spec}", "remove everything"),
    ):
        click.echo(f"  {command}\n      {what}")


if __name__ == "__main__":
    sys.exit(main())
