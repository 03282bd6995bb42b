"""The simulated clouds, asked the preflight's questions: real offline data, and the simulation's faults.

A fault `quota` (`llmdeploy simulate`) is the value of one, a fault `capacity` lowers the spot score.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from llmdeploy.infra.preflight.clouds.protocol import (
    Clients,
    Cloud,
    Held,
    HubAccess,
    Identity,
    Quota,
    QuotaName,
)
from llmdeploy.infra.preflight.images import AWS_PARAMETER, GCP_FAMILY, GCP_PROJECT
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.serving.catalog.instances import zones_offering
from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.node.places import COMPLETE

if TYPE_CHECKING:
    from llmdeploy.infra.simulate.faults import Fault

_SPOT_SCORE: Final = 9
_COMPUTE: Final = "https://www.googleapis.com/compute/v1/"
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def simulated_clients(folder: Path) -> Clients:
    """Clients of the simulated clouds of a stack.

    Args:
        folder: where the simulation keeps them; one that is not there is a simulation that has just begun.

    Raises:
        SimulationError: the folder's file cannot be read.
    """
    faults, settings = _read(folder)

    def cloud(provider: Literal["aws", "gcp", "azure"]) -> Cloud:
        return SimulatedCloud(provider, faults, settings)

    return Clients(
        clouds={
            "aws": lambda: cloud("aws"),
            "gcp": lambda: cloud("gcp"),
            "azure": lambda: cloud("azure"),
        },
        registry=SimulatedRegistry(),
        hub=SimulatedHub(),
        simulated=True,
    )


class SimulatedCloud:
    """A simulated account. See `protocol.Cloud`."""

    def __init__(
        self,
        provider: Literal["aws", "gcp", "azure"],
        faults: Sequence[Fault] = (),
        settings: Mapping[str, Any] = NOTHING,
    ) -> None:
        self._provider = provider
        self._faults = faults
        self._settings = settings

    def identity(self) -> Identity:
        """The account of every simulation."""
        place = Place.of(self._settings, {})
        accounts = {"aws": place.account, "gcp": place.project, "azure": place.subscription}
        return Identity("simulated", accounts[self._provider])

    def denied(self) -> Sequence[str]:
        """Nothing is denied."""
        return ()

    def disabled_services(self) -> Sequence[str]:
        """Everything is enabled."""
        return ()

    def region_state(self, location: str) -> Literal["enabled", "disabled", "unknown"]:
        """Every region of the catalog is enabled."""
        return "enabled" if location in cloud_regions(self._provider) else "unknown"

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        """The lowest limit that is set, or none."""
        limits = [
            fault.limit
            for fault in self._faults
            if fault.kind == "quota"
            and fault.type in {name.code, name.metric, name.title, name.title.partition(" ")[0]} - {""}
            and self._hits(fault, location)
        ]
        return Quota(min(limits, default=float("inf")), usage=0.0)

    def held(self, location: str, stack: str) -> Held:
        """Nothing that a quota would count, as none has a usage."""
        return Held()

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        """From the catalog, which has EC2's own answer."""
        return zones_offering(self._named(location), instance)

    def machine_image(self, location: str) -> str:
        """The same one that the simulation's data sources answer."""
        if self._provider == "gcp":
            return f"{_COMPUTE}projects/{GCP_PROJECT}/global/images/{GCP_FAMILY}-v20260901"
        from llmdeploy.infra.simulate.offline.aws import public_parameter

        return public_parameter(location, AWS_PARAMETER) or ""

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        """Every bucket has what a spec names, and none has a mirrored model."""
        return not prefix.endswith(COMPLETE)

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        """Plenty in AWS, but where a fault says that there is no capacity."""
        if self._provider != "aws":
            return None
        short = any(
            fault.kind == "capacity" and fault.type in {"", instance} and self._hits(fault, location)
            for fault in self._faults
        )
        return 1 if short else _SPOT_SCORE

    def public_zone(self, domain: str) -> str | None:
        """The longest of the zones that the simulation's setting `hosted_zones` has."""
        dotted = f".{domain}"
        zones = [
            zone["name"].rstrip(".")
            for zone in self._settings.get("hosted_zones", ())
            if not zone.get("private")
        ]
        return max((name for name in zones if dotted.endswith(f".{name}")), key=len, default=None)

    def _hits(self, fault: Fault, location: str) -> bool:
        return fault.region in {"", location}

    def _named(self, location: str) -> str:
        return f"{self._provider}/{location}"


class SimulatedRegistry:
    """See `protocol.Registry`: every tag is there, its digest made up from its name."""

    def digest(self, image: str, tag: str) -> str | None:
        """The same for the same image and tag."""
        return f"sha256:{hashlib.sha256(f'simulated {image}:{tag}'.encode()).hexdigest()}"


class SimulatedHub:
    """See `protocol.Hub`: every model is there and open."""

    def access(self, model: str, revision: str | None) -> HubAccess:
        """Always open."""
        return "open"

    def has_token(self) -> bool:
        """None is needed."""
        return False


def _read(folder: Path) -> tuple[Sequence[Fault], Mapping[str, Any]]:
    if not folder.is_dir():
        return (), NOTHING
    from llmdeploy.infra.simulate.faults import Faults
    from llmdeploy.infra.simulate.store import Store

    store = Store(folder)
    try:
        return [fault for _, fault in Faults(store).all()], store.settings()
    finally:
        store.close()
