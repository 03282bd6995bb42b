"""Runs pip as `python -m pip` does, and ends with its parent: standard input is a pipe that ends with it."""

from __future__ import annotations

import os
import runpy
import sys
import threading


def main() -> None:
    """Run pip with this program's arguments."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
