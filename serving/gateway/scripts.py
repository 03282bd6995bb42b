"""Lua for Envoy: sources of one idea each, in `lua/`, joined into what a filter runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from llmdeploy.serving.gateway.typed import Config, extension


def lua(name: str, sources: tuple[str, ...], constants: Mapping[str, str]) -> Config:
    """A filter called `name` that runs the sources in this order; the constants stand before them."""
    given = [f"local {constant} = {_quoted(value)}" for constant, value in constants.items()]
    return extension(
        name,
        "extensions.filters.http.lua.v3.Lua",
        default_source_code={"inline_string": "\n".join([*given, *map(_source, sources)])},
    )


@cache
def _source(name: str) -> str:
    return files("llmdeploy.serving.gateway").joinpath("lua", f"{name}.lua").read_text("utf-8")


def _quoted(text: str) -> str:
    """Lua escapes quotes, backslashes and ends of lines as JSON does."""
    return json.dumps(text, ensure_ascii=False)
