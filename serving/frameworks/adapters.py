"""Adapters that a server loads and unloads while it runs, through its own calls.

What the server is started with depends on the room alone, and never on which adapters there are: their list
is put in place of the word `{adapters}` just before the start, by whoever starts the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from llmdeploy.serving.frameworks.request import ServeRequest
from llmdeploy.serving.frozen import Frozen

Calls = Literal["vllm", "sglang"]
"""POST PREFIX/load_lora_adapter and PREFIX/unload_lora_adapter; the callers know how they differ."""

ADAPTERS = "{adapters}"
"""The word of a command that stands for the list of adapters."""
FLAGS: dict[Calls, str] = {"vllm": "--lora-modules", "sglang": "--lora-paths"}
"""What the list follows on a command line."""
PREFIXES: dict[Calls, str] = {"vllm": "/v1", "sglang": ""}
"""Of the calls' paths. Only vLLM's lie under the API, where the gateway keeps them from clients."""
ROOMS = (4, 8, 16, 32, 64, 128)
"""Adapters that a server is given room for: the next of these, so that another one seldom asks for more."""


class RuntimeAdapters(Frozen):
    """The adapters of a server that can take others while it runs."""

    calls: Calls
    most: int
    """Adapters that requests of one batch can ask for. More can be loaded; they take turns."""
    rank: int
    """The highest rank that the running server takes."""
    sources: dict[str, str]
    """Name → a folder where the server sees it, or a hub id."""


def room_for(count: int) -> int:
    """How many adapters a server is given room for that has `count` of them."""
    return next((room for room in ROOMS if room >= count), count)


def runtime_adapters(request: ServeRequest, calls: Calls, rank: int) -> RuntimeAdapters | None:
    """The adapters of a request that wants to change them at run time; None where it does not.

    Args:
        rank: the highest that the server is to take.
    """
    if not request.runtime_adapters:
        return None
    return RuntimeAdapters(
        calls=calls,
        most=request.most_adapters or room_for(len(request.adapters)),
        rank=rank,
        sources={adapter.name: adapter.source for adapter in request.adapters},
    )


def words_of(calls: Calls, sources: Mapping[str, str]) -> tuple[str, ...]:
    """What stands for `{adapters}` on a command line; nothing without adapters."""
    if not sources:
        return ()
    return (FLAGS[calls], *(f"{name}={source}" for name, source in sources.items()))


def started_with(command: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """`command` with `words` in the place of the adapters."""
    listed = tuple(words)
    return tuple(part for word in command for part in (listed if word == ADAPTERS else (word,)))
