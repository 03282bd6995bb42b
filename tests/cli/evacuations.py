"""Clients that ask all the while, and what they saw."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.cli.conftest import Outcome, Terminal

from llmdeploy.infra.load import LoadShape, Record, generate_load

CLIENTS = 8


class Clients:
    """Eight clients, half of them for streams, while a `with` block lasts.

    Args:
        entry: where they ask; None: at the deployment's endpoint.
    """

    def __init__(self, terminal: Terminal, spec: str, entry: str | None = None, max_tokens: int = 16) -> None:
        shown = terminal.run(f"llmdeploy key {spec} --export").stdout
        exports = dict(re.findall(r"export (\w+)=(\S+)", shown))
        status = json.loads(terminal.run(f"llmdeploy status {spec} --json").stdout)
        self._shape = LoadShape(
            url=entry or exports["OPENAI_BASE_URL"],
            model=status["model"],
            key=exports["OPENAI_API_KEY"],
            workers=CLIENTS,
            seconds=500,
            max_tokens=max_tokens,
        )
        self.records: list[Record] = []
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._ask()))

    async def _ask(self) -> None:
        await generate_load(self._shape, stop=self._stop, on_record=self.records.append)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask until the block ends, and wait for the last answer."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def failed(self) -> list[Record]:
        return [record for record in self.records if not record.ok]

    def regions_since(self, moment: float) -> Counter[str | None]:
        """Who answered what was sent after that, `time.monotonic` seconds."""
        return Counter(record.region for record in self.records if record.start > moment)


def result_of(outcome: Outcome) -> dict[str, Any]:
    """The last of the JSON lines."""
    result = json.loads(outcome.stdout.splitlines()[-1])
    assert result["event"] == "result", outcome.stdout + outcome.stderr
    return dict(result)
