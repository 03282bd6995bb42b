"""Writes the tables of docs/spec.md from the JSON Schema: `python scripts/spec_reference.py`.

A test compares the page with what this makes of the schema today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmdeploy.serving.spec.schema import spec_schema

PAGE = Path(__file__).parents[1] / "docs" / "spec.md"
BEGIN, END = "<!-- made by scripts/spec_reference.py -->\n", "<!-- end -->\n"


def reference() -> str:
    """A table of the top level, then one a section, each under its place in a spec."""
    schema = spec_schema()
    parts = [f"### Top level\n\n{_table(schema, schema)}"]
    for path, definition in _sections(schema, schema, ""):
        section = _long_form(definition)
        short = f"\nShort form: {_short_form(definition)}\n" if "anyOf" in definition else ""
        parts.append(f"### `{path}`\n\n{section['description']}\n{short}\n{_table(section, schema)}")
    return "\n".join(parts)


def _sections(
    section: dict[str, Any], schema: dict[str, Any], path: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every section below, with where it stands; one that stands in two places only at the first."""
    shown: set[str] = set()
    for key, value in section["properties"].items():
        for name, suffix in _references(value):
            if key == "environments" or name in shown or path.startswith("regions"):
                continue
            shown.add(name)
            place = f"{path}{key}{suffix}"
            yield place, schema["$defs"][name]
            yield from _sections(_long_form(schema["$defs"][name]), schema, f"{place}.")


def _references(value: dict[str, Any], suffix: str = "") -> Iterator[tuple[str, str]]:
    """The sections that a value may be, with `[]` where it is a list of them."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], suffix
    for alternative in value.get("anyOf", ()):
        yield from _references(alternative, suffix)
    if "items" in value:
        yield from _references(value["items"], f"{suffix}[]")


def page_with(text: str, made: str) -> str:
    """The page with its made part replaced."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}"


def _table(section: dict[str, Any], schema: dict[str, Any]) -> str:
    rows = ["| key | example | meaning |", "|---|---|---|"]
    required = set(section.get("required", ()))
    for key, value in section["properties"].items():
        star = " *" if key in required else ""
        rows.append(f"| `{key}`{star} | {_example(value)} | {_meaning(value, schema)} |")
    return "\n".join(rows) + "\n"


def _example(value: dict[str, Any]) -> str:
    return next((f"`{_flow(example)}`" for example in value.get("examples", ())), "")


def _meaning(value: dict[str, Any], schema: dict[str, Any]) -> str:
    text = str(value.get("description", "")).replace("|", "\\|")
    if not text:
        text = next((schema["$defs"][name]["description"] for name, _ in _references(value)), "")
    allowed = [str(choice) for choice in _choices(value)]
    return f"{text} One of {', '.join(allowed)}." if allowed else text


def _choices(value: dict[str, Any]) -> Iterator[Any]:
    yield from value.get("enum", ())
    for alternative in value.get("anyOf", ()):
        if "$ref" not in alternative:
            yield from _choices(alternative)


def _long_form(definition: dict[str, Any]) -> dict[str, Any]:
    forms = definition.get("anyOf", [definition])
    return next(form for form in forms if "properties" in form)


def _short_form(definition: dict[str, Any]) -> str:
    short = next(form for form in definition["anyOf"] if "properties" not in form)
    return f"`{short['title']}` alone." if "title" in short else str(short["description"])


def _flow(example: Any) -> str:
    """The example as YAML in one line; JSON without the quotes that YAML can do without."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(map(_flow, example)) + "]"
    return example if isinstance(example, str) else json.dumps(example)


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(), reference()))
