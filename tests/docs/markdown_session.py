"""Runs a Markdown page as a reader would: files it shows are written, commands it shows are run, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = {"sh", "bash"}
SHOWN_ONLY = {"", "text", "mermaid", "diff"}


@dataclass(frozen=True)
class Snippet:
    """One fenced block: its language, the words after it, its text and the line it starts on."""

    language: str
    info: str
    body: str
    line: int

    @property
    def file(self) -> str | None:
        """The file that the block shows, from `file=NAME` after the language."""
        match = re.search(r"file=(\S+)", self.info)
        return match[1] if match else None


def snippets(page: Path) -> Iterator[Snippet]:
    """The fenced blocks of a page, in order."""
    text = page.read_text()
    for match in FENCE.finditer(text):
        yield Snippet(match["language"], match["info"], match["body"], text.count("\n", 0, match.start()) + 1)


def as_script(page: Path) -> str:
    """A bash script that does what the page shows. Blocks that only show output (`text`) are left out.

    `make test` and `make slow` are what runs this, so they are only checked to be targets that there are.
    """
    lines = ["set -euo pipefail"]
    for snippet in snippets(page):
        where = f"{page.name}:{snippet.line}"
        if snippet.file:
            lines += [
                f"mkdir -p $(dirname {snippet.file})",
                f"cat > {snippet.file} <<'END_OF_FILE'\n{snippet.body}END_OF_FILE",
            ]
        elif snippet.language in SHELL:
            lines += [f"echo '── {where}'", _followed(snippet.body)]
        elif snippet.language == "python":
            lines += [f"echo '── {where}'", f"python - <<'END_OF_PYTHON'\n{snippet.body}END_OF_PYTHON"]
        elif snippet.language not in SHOWN_ONLY:
            raise AssertionError(
                f"{where}: a {snippet.language} block that nothing executes; give it file=NAME"
            )
    return "\n".join(lines) + "\n"


def _followed(commands: str) -> str:
    """The commands as a reader types them, with two exceptions: `make` takes what is installed as it is (a
    sync would tie the shared environment to the copy), and what runs this is only planned."""
    commands = re.sub(r"^make (test|slow|bench)\b.*$", r"make -n \1 >/dev/null", commands, flags=re.MULTILINE)
    return re.sub(r"^make ", "make -o .venv/.synced -o .venv/.clouds ", commands, flags=re.MULTILINE)


def links(page: Path) -> Iterator[str]:
    """The files of the repository that a page links to, without the part after `#`."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not target.startswith(("http", "#", "mailto:")):
            yield target.partition("#")[0]
