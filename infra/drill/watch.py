"""When the gateway took what was hit out of service, and when it sent to it again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from llmdeploy.infra.status.envoy_view import EnvoyPlace, host_views

EVERY_S = 0.02
"""How exactly the moments are known. A look costs Envoy's main thread about a millisecond."""


@dataclass(slots=True)
class Watch:
    """Envoy's view of some replicas over time. `run` looks until it is cancelled.

    Args:
        envoys: those that send to the replicas.
        ports: of the replicas.
    """

    envoys: Sequence[EnvoyPlace]
    ports: frozenset[int]
    _lost: list[tuple[float, bool]] = field(default_factory=list)
    _well: list[tuple[float, bool]] = field(default_factory=list)

    async def run(self) -> None:
        """Look again and again."""
        while True:
            views = await asyncio.to_thread(host_views, self.envoys)
            seen = [view for port, view in (views or {}).items() if port in self.ports]
            if seen:
                now = time.monotonic()
                self._lost.append((now, not any(view.sent_to for view in seen)))
                self._well.append((now, all(view.view == "healthy" for view in seen)))
            await asyncio.sleep(EVERY_S)

    def lost_at(self, since: float) -> float | None:
        """When nothing was sent to any of them any more, for the first time after `since`."""
        return _first(self._lost, since)

    def well_at(self, since: float) -> float | None:
        """When all of them were held for healthy, for the first time after `since`."""
        return _first(self._well, since)


def _first(seen: list[tuple[float, bool]], since: float) -> float | None:
    return next((at for at, true in seen if at >= since and true), None)
