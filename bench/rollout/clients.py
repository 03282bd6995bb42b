"""Eight clients over three entries, streaming and not, from before a rollout until after it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from llmdeploy.infra.load import LoadShape, generate_load
from llmdeploy.infra.load.record import Record

WORKERS = (3, 3, 2)
LONGEST_S = 3600.0
"""Killed in every move, a rollout of three regions takes half an hour."""
THINK_S = 0.05
"""Between two requests of a client: eight that never pause would be the machine's only work."""


@dataclass
class Seen:
    """What the clients saw. `zero`: seconds to add to a record's times for seconds since the epoch."""

    records: list[Record] = field(default_factory=list)
    zero: float = field(default_factory=lambda: time.time() - time.monotonic())

    @property
    def failed(self) -> list[Record]:
        """Requests without a whole answer, broken streams among them."""
        return [record for record in self.records if not record.ok]

    @property
    def broken(self) -> list[Record]:
        """Streams that had begun and broke off."""
        return [record for record in self.failed if record.begun_stream]

    def of_canary(self, replicas: Sequence[str]) -> list[Record]:
        """Those that the new version answered."""
        return [record for record in self.records if record.replica and _in_slot(record.replica, replicas)]


@contextmanager
def clients(outputs: dict[str, Any]) -> Iterator[Seen]:
    """Clients ask while the block runs, and every request that they have begun ends."""
    seen, stop = Seen(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_ask(outputs, seen, stop)), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join(120)


async def _ask(outputs: dict[str, Any], seen: Seen, stop: threading.Event) -> None:
    ending = asyncio.Event()
    shapes = [
        LoadShape(
            url=url,
            model=outputs["model"]["served_name"],
            key=outputs["api_key"],
            workers=workers,
            seconds=LONGEST_S,
            max_tokens=16,
            trusted=outputs.get("trusted"),
            think_s=THINK_S,
        )
        for url, workers in zip(outputs["entries"].values(), WORKERS, strict=False)
    ]
    loads = [
        asyncio.create_task(generate_load(s, stop=ending, on_record=seen.records.append)) for s in shapes
    ]
    while not stop.is_set():
        await asyncio.sleep(0.05)
    ending.set()
    await asyncio.gather(*loads)


def _in_slot(replica: str, slots: Sequence[str]) -> bool:
    return ("green" if "-green-" in replica else "blue") in slots
