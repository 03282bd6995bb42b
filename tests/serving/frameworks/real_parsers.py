"""The servers' own parsers, in a place of their own that `make parsers` makes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".parsers" / "bin" / "python"
MISSING = "vLLM's and SGLang's parsers are not installed: run `make parsers` (6 GB)"
TIMEOUT_S = 240.0
"""Imports take 10 to 25 s on an idle machine, the thousands of commands some seconds more."""
NOT_PASSED_ON = ("PYTHONPATH", "HF_HUB_OFFLINE")
"""Offline, vLLM looks for the model's files where it should only read its name."""


def verdicts(parser: str, commands: Sequence[Any]) -> list[str | None]:
    """What `parser` has against each command; one process for all of them."""
    done = subprocess.run(
        [PYTHON, ROOT / "scripts" / "parsers" / "parse.py", parser],
        input="".join(f"{json.dumps(command)}\n" for command in commands),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env={name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line)["error"] for line in done.stdout.splitlines()]
