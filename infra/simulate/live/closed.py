"""Regions to which no front brings new clients, as the simulated clouds hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from llmdeploy.infra.simulate.live.contents import region_of
from llmdeploy.infra.simulate.records import Record

_ENDPOINTS: Final = "aws:globalaccelerator/endpointGroup:EndpointGroup"
_BACKENDS: Final = "gcp:compute/backendService:BackendService"


def closed_regions(records: Iterable[Record]) -> frozenset[str]:
    """Locations with a traffic dial of 0 in AWS, or a capacity of 0 in Google's load balancer."""
    every = tuple(records)
    return frozenset((*_dialled_down(every), *_drained(every)))


def _dialled_down(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        if record.token == _ENDPOINTS and record.inputs.get("trafficDialPercentage") == 0:
            yield str(record.inputs.get("endpointGroupRegion", ""))


def _drained(records: tuple[Record, ...]) -> Iterator[str]:
    groups = {
        str(backend.get("group", ""))
        for record in records
        if record.token == _BACKENDS
        for backend in record.inputs.get("backends") or []
        if backend.get("capacityScaler") == 0
    }
    for record in records:
        if groups & {str(record.outputs.get(name, "")) for name in ("instanceGroup", "selfLink")}:
            yield region_of(record)
