"""Every region's question to its own cloud, all at once and none for longer than is good."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from llmdeploy.infra.fleet.inventory import CloudClient, CloudClients
from llmdeploy.infra.status.asking import Asking
from llmdeploy.infra.status.overview.cloud import CloudRegion
from llmdeploy.infra.status.overview.cloud_question import RegionQuestion, ask_region, unasked
from llmdeploy.serving.errors import LlmdeployError

WITHIN_S: Final = 15.0


class CloudQuestions:
    """Asked from the moment this is made.

    Args:
        within_s: seconds that all together have.
    """

    def __init__(
        self, clients: CloudClients, questions: Sequence[RegionQuestion], within_s: float = WITHIN_S
    ) -> None:
        self._within_s = within_s
        self._clients = _Clients(clients)
        self._names = [question.name for question in questions]
        self._deadline = time.monotonic() + within_s
        self._asking = Asking({each.name: partial(self._ask, each) for each in questions})

    def answers(self) -> tuple[CloudRegion, ...]:
        """One for each region; of those that have not answered, that they have not."""
        found = self._asking.answers(self._deadline)
        silent = LlmdeployError(
            f"its cloud has not answered in {self._within_s:g} s",
            "see that the network reaches it, and look again",
        )
        return tuple(found.get(name) or unasked(name, silent) for name in self._names)

    def _ask(self, question: RegionQuestion) -> CloudRegion:
        try:
            client = self._clients.of(question.name.partition("/")[0])
        except LlmdeployError as error:
            return unasked(question.name, error)
        return ask_region(question, client)


class _Clients:
    """Clients, each made once, at the first question, in the thread that asks it."""

    def __init__(self, makers: CloudClients) -> None:
        self._makers = makers
        self._made: dict[str, CloudClient] = {}
        self._locks = {provider: threading.Lock() for provider in makers}

    def of(self, provider: str) -> CloudClient:
        with self._locks[provider]:
            if provider not in self._made:
                self._made[provider] = self._makers[provider]()
            return self._made[provider]
