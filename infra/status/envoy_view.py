"""What Envoy's administration page says of the replicas and of itself."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from llmdeploy.infra.provider import envoy
from llmdeploy.infra.provider.observe import GATEWAY
from llmdeploy.infra.provider.unix_rpc import UnixConnection
from llmdeploy.infra.status.report import GatewayView

PATIENCE_S = 1.0
"""Envoy answers its administration page in milliseconds, or hangs."""
_ENTRY_STATS = "/stats?format=json&filter=^http.entry"
_FROM_WORST: tuple[GatewayView, ...] = ("unhealthy", "ejected", "healthy")


EnvoyPlace: TypeAlias = tuple[Path, str]
"""The folder of the supervisord that keeps an Envoy alive, and the Envoy's name there."""


def gateway_place(run_dir: Path) -> EnvoyPlace:
    """The Envoy of a deployment on this machine."""
    return run_dir / GATEWAY, envoy.PROGRAM


@dataclass(frozen=True, slots=True)
class HostView:
    """What Envoy holds of one replica.

    Args:
        view: the worst that any of its clusters holds.
        sent_to: whether some cluster still sends requests to it.
        in_flight: requests that Envoy waits for from it.
    """

    view: GatewayView
    sent_to: bool
    in_flight: int

    @classmethod
    def together(cls, views: Sequence[HostView]) -> HostView:
        """One of several. Raises ValueError: there are none."""
        worst = min((each.view for each in views), key=_FROM_WORST.index)
        return cls(worst, any(each.sent_to for each in views), sum(each.in_flight for each in views))


@dataclass(frozen=True, slots=True)
class HostCounts:
    """What Envoy has counted of one replica since it knows it (envoy.admin.v3.HostStatus, `stats`).

    Args:
        begun: requests sent to it.
        succeeded: those that it began to answer with less than 500.
        failed: those that it answered with 500 or more, reset, or refused.
        active: those that have not ended.
    """

    begun: int = 0
    succeeded: int = 0
    failed: int = 0
    active: int = 0

    @property
    def given_up(self) -> int:
        """Those that ended before it began to answer: another replica was quicker, or the client went."""
        return max(0, self.begun - self.active - self.succeeded - self.failed)

    def __add__(self, more: HostCounts) -> HostCounts:
        return HostCounts(
            self.begun + more.begun,
            self.succeeded + more.succeeded,
            self.failed + more.failed,
            self.active + more.active,
        )


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """Requests of clients over all entries, since Envoy started."""

    requests: int
    errors: int
    in_flight: int


def host_views(envoys: Sequence[EnvoyPlace]) -> dict[int, HostView] | None:
    """What the Envoys in front of the replicas hold of each, by port; None when none of them answers.

    A replica is in one cluster for each chain of regions. The fields are those of envoy.admin.v3.Clusters and
    HostHealthStatus.
    """
    pages = _cluster_pages(envoys)
    if not pages:
        return None
    found: dict[int, list[HostView]] = {}
    for port, host in _hosts(pages):
        found.setdefault(port, []).append(_host_view(host))
    return {port: HostView.together(views) for port, views in found.items()}


def view_at(views: Mapping[int, HostView], ports: Iterable[int]) -> HostView | None:
    """What they hold of what is known by these ports; None where it is known by none."""
    found = [views[port] for port in ports if port in views]
    return HostView.together(found) if found else None


def host_counts(envoys: Sequence[EnvoyPlace]) -> dict[int, HostCounts]:
    """What the Envoys in front of the replicas have counted of each, by port; those that do not answer are
    left out.
    """
    found: dict[int, HostCounts] = {}
    for port, host in _hosts(_cluster_pages(envoys)):
        found[port] = found.get(port, HostCounts()) + _host_counts(host)
    return found


def entry_counts(run_dir: Path) -> EntryCounts | None:
    """What the entries have counted; None when Envoy does not answer."""
    page = _page(gateway_place(run_dir), _ENTRY_STATS)
    if page is None:
        return None
    stats = {stat["name"]: stat["value"] for stat in page["stats"] if "name" in stat}

    def total(counter: str) -> int:
        return sum(value for name, value in stats.items() if name.endswith(f".{counter}"))

    return EntryCounts(
        requests=total("downstream_rq_completed"),
        errors=total("downstream_rq_5xx"),
        in_flight=total("downstream_rq_active"),
    )


def _cluster_pages(envoys: Sequence[EnvoyPlace]) -> list[Mapping[str, Any]]:
    """Of those that answer."""
    return [page for place in envoys if (page := _page(place, "/clusters?format=json")) is not None]


def _hosts(pages: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Every host of every cluster, with its port."""
    for page in pages:
        for cluster in page.get("cluster_statuses", []):
            for host in cluster.get("host_statuses", []):
                yield host["address"].get("socket_address", {}).get("port_value"), host


def _page(place: EnvoyPlace, url: str) -> Any | None:
    connection = UnixConnection(envoy.admin_socket(*place), PATIENCE_S)
    try:
        connection.request("GET", url)
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _view(status: Mapping[str, Any]) -> GatewayView:
    if status.get("failed_outlier_check"):
        return "ejected"
    # Anything beside the endpoint's own health is a reason for which Envoy does not send to it.
    return "healthy" if status == {"eds_health_status": "HEALTHY"} else "unhealthy"


def _in_flight(host: Mapping[str, Any]) -> int:
    return next((int(stat.get("value", 0)) for stat in host["stats"] if stat["name"] == "rq_active"), 0)


def _host_counts(host: Mapping[str, Any]) -> HostCounts:
    # Counters that are 0 have no value.
    stats = {stat["name"]: int(stat.get("value", 0)) for stat in host["stats"]}
    return HostCounts(
        stats.get("rq_total", 0),
        stats.get("rq_success", 0),
        stats.get("rq_error", 0),
        stats.get("rq_active", 0),
    )


def _host_view(host: Mapping[str, Any]) -> HostView:
    view = _view(host["health_status"])
    return HostView(view, view == "healthy", _in_flight(host))
