"""An overview as `--json` prints it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from llmdeploy.infra.status.overview.overview import VIEW_NAMES

if TYPE_CHECKING:
    from llmdeploy.infra.fleet.inventory import CloudInstance
    from llmdeploy.infra.status.overview.cloud import CloudRegion, CloudVersion
    from llmdeploy.infra.status.overview.overview import Overview
    from llmdeploy.infra.status.report import SpecState


def document(seen: Overview) -> dict[str, Any]:
    """All of it. `regions` are those that run here, else those of the clouds, with fewer fields."""
    spec: SpecState = "up to date" if seen.views["spec"].verdict == "healthy" else "changed since up"
    return {
        "ok": seen.healthy,
        "worst": seen.worst,
        "stack": seen.stack,
        "place": seen.place,
        "model": seen.model,
        "endpoint": seen.endpoint,
        "spec": spec,
        "views": {name: asdict(seen.views[name]) for name in VIEW_NAMES},
        "rollout": asdict(seen.rollout) if seen.rollout else None,
        "evacuated": list(seen.evacuated),
        "cost": asdict(seen.cost) if seen.cost else None,
        "gateway": asdict(seen.processes.gateway) if seen.processes else None,
        "regions": _regions(seen),
        "clouds": [asdict(region) for region in seen.regions],
        "entries": [asdict(entry) for entry in seen.entries],
        "problems": list(seen.problems),
        "looked_at": seen.looked_at,
    }


def _regions(seen: Overview) -> list[dict[str, Any]]:
    if seen.processes is not None:
        return [asdict(region) for region in seen.processes.regions]
    return [_region(region, seen) for region in seen.regions]


def _region(region: CloudRegion, seen: Overview) -> dict[str, Any]:
    entry = next((each for each in seen.entries if each.name == region.name), None)
    return {
        "name": region.name,
        "health": region.verdict,
        "entry": entry.url if entry else None,
        "entry_open": entry.verdict != "down" if entry else None,
        "evacuated": region.name in seen.evacuated,
        "replicas": [
            _replica(instance, version) for version in region.versions for instance in version.instances
        ],
    }


def _replica(instance: CloudInstance, version: CloudVersion) -> dict[str, Any]:
    return {
        "name": instance.id,
        "health": "healthy" if instance.serves else "down",
        "state": instance.state,
        "revision": version.revision,
        "role": version.role,
        "load": instance.load,
    }
