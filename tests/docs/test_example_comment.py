"""The comment that docs/pull-requests.md shows is the one that the command makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "example_comment.py"


@pytest.mark.engine
@pytest.mark.slow
def test_the_page_shows_what_the_command_makes(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
