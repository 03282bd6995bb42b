"""How a flag and its value become words of a command line."""

from __future__ import annotations

FlagScalar = bool | int | float | str
FlagValue = FlagScalar | tuple[FlagScalar, ...]


def rendered_flag(name: str, value: FlagValue) -> tuple[str, ...]:
    """`--name value`; true is the flag alone, false its `--no-` form, a list gives several values."""
    if value is True:
        return (f"--{name}",)
    if value is False:
        return (f"--no-{name}",)
    values = value if isinstance(value, tuple) else (value,)
    return (f"--{name}", *map(str, values))


def options(**given: FlagScalar | None) -> list[str]:
    """`--some-name value` for each that is not None, in order; underscores become dashes."""
    words: list[str] = []
    for name, value in given.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return words
