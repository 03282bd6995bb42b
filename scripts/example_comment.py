"""Makes the comment that docs/pull-requests.md shows, with the real command on simulated clouds.

Run it to write the comment into the page; with --check, exit code 1 says that the page shows another one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "pull-requests.md"
CASE = ROOT / "tests" / "cli" / "reviews" / "quantization-change"
BEGIN, END = "<!-- example comment: scripts/example_comment.py -->", "<!-- end of the example -->"


def main() -> None:
    """Make the comment, and write or check the page."""
    page = PAGE.read_text()
    made = re.sub(
        f"{re.escape(BEGIN)}.*{re.escape(END)}",
        lambda _: f"{BEGIN}\n\n{_comment()}\n{END}",
        page,
        flags=re.DOTALL,
    )
    if "--check" not in sys.argv:
        PAGE.write_text(made)
    elif made != page:
        sys.exit(f"{PAGE} shows another comment than the command makes: run scripts/example_comment.py")


def _comment() -> str:
    with tempfile.TemporaryDirectory(prefix="example-comment-") as name:
        folder = Path(name)
        spec = folder / "chat.yaml"
        shutil.copy(CASE / "base.yaml", spec)
        _git(folder, "init", "--quiet", "--initial-branch", "main")
        _git(folder, "add", "chat.yaml")
        _git(folder, "commit", "--quiet", "--message", "What is deployed")
        shutil.copy(CASE / "head.yaml", spec)
        command = ["preview", "chat.yaml", "--base", "main", "--simulate", "--format", "markdown"]
        done = subprocess.run(
            [Path(sys.executable).with_name("llmdeploy"), *command],
            cwd=folder,
            env={**os.environ, "LLMDEPLOY_HOME": str(folder / "home")},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=example", "-c", "user.email=example@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


if __name__ == "__main__":
    main()
