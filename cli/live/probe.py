"""What one replica says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.live.report import Traffic

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import ServerPlan

# A replica that does not answer its health page within this is of no use to a client either. Seconds.
_PATIENCE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Probe:
    """The answer to a health check in words, whether the replica is ready, and its traffic when it tells."""

    said: str
    ready: bool
    traffic: Traffic | None


def probe(port: int, server: ServerPlan) -> Probe:
    """Ask a replica of this machine for its health and its metrics."""
    import httpx

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_S, trust_env=False) as client:
        try:
            health = client.get(server.health_path)
        except httpx.TimeoutException:
            return Probe(f"no answer in {_PATIENCE_S:g} s", False, None)
        except httpx.HTTPError:
            return Probe("refuses connections", False, None)
        if not health.is_success:
            return Probe(f"health page answers {health.status_code}", False, None)
        return Probe("ready", True, _traffic(client, server))
