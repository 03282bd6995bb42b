"""`make demo`: the main job of a newcomer, with the bundled model."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from llmdeploy.cli.demo import spec_path

pytestmark = pytest.mark.engine


def test_the_demo_ends_with_an_answer_and_two_healthy_regions(terminal):
    demo = subprocess.run(
        [sys.executable, "-m", "llmdeploy.cli.demo"],
        cwd=terminal.folder,
        env=dict(terminal.environ),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "2 of 2 regions healthy" in demo.stdout
    assert re.search(r"\$ llmdeploy chat .*\n.*\w+", demo.stdout)
    assert re.search(r"local/[ab] \([ab]-0\) answers:", demo.stderr)
    assert "llmdeploy drill" in demo.stdout
    gone = terminal.run(f"llmdeploy destroy {Path(spec_path()).resolve()} --yes")
    assert gone.code == 0, gone.stdout + gone.stderr
