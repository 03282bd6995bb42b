"""What a replica, or an entry of the gateway, answers over HTTP."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from llmdeploy.infra.provider.envoy import HEALTH_PATH
from llmdeploy.infra.provider.ports import HOST
from llmdeploy.infra.status.facts import ReplicaFacts
from llmdeploy.infra.status.report import Traffic
from llmdeploy.infra.status.traffic import traffic

PATIENCE_S = 1.0
"""A replica that does not answer its health page within this is of no use to a client either: the gateway's
checks give it half of that on this machine."""
READY: Final = "ready"


@dataclass(frozen=True, slots=True)
class Page:
    """A replica's answer to its health check in words, `ready` when it is, and its traffic when it tells."""

    said: str
    traffic: Traffic | None = None


def replica_page(replica: ReplicaFacts, server: str) -> Page:
    """Ask a replica for its health, and when it is ready for its metrics."""
    try:
        status, _ = get_page(HOST, replica.port, replica.health_path)
    except TimeoutError:
        return Page(f"no answer in {PATIENCE_S:g} s")
    except (OSError, http.client.HTTPException):
        return Page("refuses connections")
    if status == http.client.SERVICE_UNAVAILABLE:
        return Page("loading or draining")
    if status != http.client.OK:
        return Page(f"{replica.health_path} answers {status}")
    return Page(READY, _traffic(replica, server))


def entry_open(url: str) -> bool:
    """Whether the entry with this base URL answers that a replica is behind it."""
    address = urlsplit(url)
    try:
        status, _ = get_page(address.hostname or HOST, address.port or 80, HEALTH_PATH)
    except (OSError, http.client.HTTPException):
        return False
    return status == http.client.OK


def _traffic(replica: ReplicaFacts, server: str) -> Traffic | None:
    if not replica.metrics_path:
        return None
    try:
        status, text = get_page(HOST, replica.port, replica.metrics_path)
    except (OSError, http.client.HTTPException):
        return None
    return traffic(text, server) if status == http.client.OK else None


def get_page(host: str, port: int, path: str) -> tuple[int, str]:
    """Status and text of a page. Raises OSError or HTTPException: there is no answer in `PATIENCE_S`."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()
