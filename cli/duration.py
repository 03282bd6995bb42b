"""A duration on the command line, written as in a spec."""

from __future__ import annotations

from typing import Any

import click


class Duration(click.ParamType[float]):
    """`500ms`, `60s`, `1h30m`; the value is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds; a usage error where it is no duration."""
        if isinstance(value, float):
            return value
        from pydantic_core import PydanticCustomError

        from llmdeploy.serving.spec.duration import parse_duration

        try:
            return parse_duration(value)
        except PydanticCustomError as error:
            mend = (error.context or {}).get("mend", "")
            self.fail(f"{error.message()}{f': {mend}' if mend else ''}", param, ctx)
