"""The documentation's example prints what the page says it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "sizing.md"


def test_the_example() -> None:
    text = DOCUMENT.read_text("utf-8")
    example = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert example is not None
    ran = subprocess.run([sys.executable, "-c", example[1]], capture_output=True, text=True, check=True)
    assert ran.stdout == example[2]
