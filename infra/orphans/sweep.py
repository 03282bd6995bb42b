"""A sweep: every place is asked at once, and what no state knows is left over."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from llmdeploy.infra.orphans.found import Swept, Tagged, Unlooked
from llmdeploy.infra.orphans.known import Known, label_of
from llmdeploy.infra.orphans.search import TagSearch, TagSearches
from llmdeploy.serving.errors import LlmdeployError

PATIENCE_S: Final = 180.0
"""Seconds for all places together."""
_THREADS: Final = 8
_Place = tuple[str, TagSearch, str]
"""What it is called, who is asked, and the place as that one names it."""
_Answer = tuple[str, Sequence[Tagged] | Exception]
_Look = Callable[[TagSearch, str], Sequence[Tagged]]
Progress = Callable[[str, int, int], None]
"""Told each place as it has been looked into, with how many have been, of how many."""


def sweep(
    searches: TagSearches,
    regions: Sequence[str],
    known: Known,
    stack: str = "",
    on_progress: Progress = lambda where, done, total: None,
    patience_s: float = PATIENCE_S,
) -> Swept:
    """Look for what carries our tags and is not known. Nothing is changed.

    Args:
        regions: as `provider/location`.
        stack: only that one's; empty: every stack's.
        on_progress: called in this thread.
    """
    places, unlooked = _places(searches, regions)
    unmade = len(unlooked)
    orphans: set[Tagged] = set()
    looked: list[str] = []
    for where, answer in _ask(places, partial(_unknown, known=known, stack=stack), patience_s):
        if isinstance(answer, LlmdeployError):
            unlooked.append(Unlooked(where, answer.problem, answer.mend))
        elif isinstance(answer, Exception):
            raise answer
        else:
            orphans.update(answer)
            looked.append(where)
        on_progress(where, len(looked) + len(unlooked) - unmade, len(places))
    return Swept(tuple(sorted(orphans)), tuple(sorted(unlooked)), tuple(sorted(looked)))


def _unknown(search: TagSearch, place: str, known: Known, stack: str) -> list[Tagged]:
    """In one place. What is known needs no second question."""
    wanted = {stack, label_of(stack)} if stack else set()
    return [
        each
        for each in search.tagged(place, stack)
        if not known.has(each) and (not wanted or each.stack in wanted) and search.remains(each)
    ]


def _places(searches: TagSearches, regions: Sequence[str]) -> tuple[list[_Place], list[Unlooked]]:
    places: list[_Place] = []
    unlooked: list[Unlooked] = []
    for provider, make in searches.items():
        locations = [region.partition("/")[2] for region in regions if region.startswith(f"{provider}/")]
        if not locations:
            continue
        try:
            search = make()
        except LlmdeployError as error:
            unlooked.append(Unlooked(provider, error.problem, error.mend))
            continue
        places += [
            (f"{provider}/{place}" if place else provider, search, place)
            for place in search.places(locations)
        ]
    return places, unlooked


def _ask(places: Sequence[_Place], look: _Look, patience_s: float) -> Iterator[_Answer]:
    """Every answer as it comes; those that are not there in time are errors."""
    end = time.monotonic() + patience_s
    waiting: queue.SimpleQueue[_Place] = queue.SimpleQueue()
    ended: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    for place in places:
        waiting.put(place)
    for _ in range(min(_THREADS, len(places))):
        # Daemons: one that hangs in a system call must not keep the command from ending.
        threading.Thread(target=_work, args=(waiting, ended, look), daemon=True).start()
    missing = [where for where, _, _ in places]
    while missing:
        try:
            where, answer = ended.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            yield from ((where, LlmdeployError(f"no answer in {patience_s:g} s")) for where in missing)
            return
        missing.remove(where)
        yield where, answer


def _work(waiting: queue.SimpleQueue[_Place], ended: queue.SimpleQueue[_Answer], look: _Look) -> None:
    while True:
        try:
            where, search, place = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            ended.put((where, look(search, place)))
        except Exception as error:  # noqa: BLE001 - told, or raised again, by sweep
            ended.put((where, error))
