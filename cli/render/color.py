"""Whether to colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def color_wanted(argv: Sequence[str], environ: Mapping[str, str]) -> bool | None:
    """False for `--no-color`, `NO_COLOR` (https://no-color.org) or a dumb terminal; None: as suits."""
    options = argv[: argv.index("--")] if "--" in argv else argv
    if "--no-color" in options or environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return None
