"""One kind of reference."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """Properties of these names mean resources of these types.

    Attributes:
        properties: the last name of the path, or the last two joined by a dot where one says too little.
        tokens: the types it may mean.
        code: the cloud's error code when it is not there.
        message: the cloud's sentence; `{value}` is what was given.
        only: the types of resource whose property it is; empty for all.
        matches: a regular expression that the value must match to be a reference; empty for all.
    """

    properties: tuple[str, ...]
    tokens: tuple[str, ...]
    code: str
    message: str
    only: tuple[str, ...] = ()
    matches: str = ""
