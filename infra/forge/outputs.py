"""What a step of GitHub Actions says to the steps after it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path


def write_outputs(environ: Mapping[str, str], **values: str) -> None:
    """Set outputs of this step, of any text; nothing elsewhere than in GitHub Actions."""
    file = environ.get("GITHUB_OUTPUT")
    if not file:
        return
    with Path(file).open("a", encoding="utf-8") as outputs:
        for name, value in values.items():
            # Whoever names a file in a pull request cannot know where the value will end.
            end = f"end-{secrets.token_hex(16)}"
            outputs.write(f"{name}<<{end}\n{value}\n{end}\n")
