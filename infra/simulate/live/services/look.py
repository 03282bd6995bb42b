"""What a service sees of the simulated clouds: whether its endpoints are there, and what goes wrong on
purpose.
"""

from __future__ import annotations

from pathlib import Path

from llmdeploy.infra.simulate.checks.look import at
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.components import component_named, desired_copies, may_sleep, wakes
from llmdeploy.infra.simulate.fleet.launch import settle
from llmdeploy.infra.simulate.identity.azure import ENDPOINT as AZURE
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.sagemaker_records import change
from llmdeploy.infra.simulate.rest.vertex_records import ENDPOINT, deployments_of
from llmdeploy.infra.simulate.store import Store

_DOWN = ("Creating", "Failed", "Deleting")


class CloudsLook:
    """The clouds in a folder, looked at again for every request. Nothing is made where there are none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: Store | None = None
        self._inode = 0

    def has(self, endpoint: ServedEndpoint) -> bool:
        """Whether the endpoint's resource is there, and on one of Vertex AI anything that serves."""
        store = self._open()
        record = store.get(endpoint.record) if store else None
        if store is None or record is None:
            return False
        return record.token != ENDPOINT or bool(deployments_of(store, record.id))

    def keys(self, endpoint: ServedEndpoint) -> tuple[str, ...]:
        """With which an online endpoint of Azure ML is asked, by one of its deployments."""
        store = self._open()
        deployment = store.get(endpoint.record) if store else None
        if store is None or deployment is None:
            return ()
        found = store.find(AZURE, deployment.id.rpartition("/deployments/")[0])
        given = at(found.inputs, "properties.keys", {}) if found else {}
        return tuple(str(key) for key in given.values() if key)

    def fault(self, endpoint: ServedEndpoint, location: str) -> str:
        """What goes wrong with this call, by a fault of the kind `invoke`; empty when nothing does."""
        store = self._open()
        if store is None:
            return ""
        faults = Faults(store)
        for fault in faults.of("invoke"):
            if fault.name in {"", endpoint.name, endpoint.service} and fault.region in {"", location}:
                return fault.type if faults.strike("invoke", fault.type, fault.name, fault.region) else ""
        return ""

    def copies(self, endpoint: ServedEndpoint) -> int:
        """How many its component has; 0 also where there is no such component, or none that serves."""
        store, component = self._component(endpoint)
        if store is None or component is None or component.outputs["InferenceComponentStatus"] in _DOWN:
            return 0
        return desired_copies(store, component)

    def set_copies(self, endpoint: ServedEndpoint, count: int) -> None:
        """Have its component have so many, and its endpoint the instances for them."""
        store, component = self._component(endpoint)
        if store is not None and component is not None:
            with store.change():
                change(store, component, RuntimeConfig={"DesiredCopyCount": count, "CurrentCopyCount": count})
                if (found := store.get(endpoint.record)) is not None:
                    settle(store, found)

    def wakes(self, endpoint: ServedEndpoint) -> bool:
        """Whether a request that finds no copy has one started."""
        store, component = self._component(endpoint)
        return store is not None and component is not None and wakes(store, component)

    def may_sleep(self, endpoint: ServedEndpoint) -> bool:
        """Whether its component is let have no copy."""
        store, component = self._component(endpoint)
        return store is not None and component is not None and may_sleep(store, component)

    def close(self) -> None:
        """Let go of them."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _component(self, endpoint: ServedEndpoint) -> tuple[Store | None, Record | None]:
        store = self._open()
        record = store.get(endpoint.record) if store else None
        if store is None or record is None:
            return store, None
        return store, component_named(store, endpoint.component, record.region)

    def _open(self) -> Store | None:
        """The file may be another one since, after `destroy` and `up`."""
        try:
            inode = (self._folder / Store.FILE).stat().st_ino
        except FileNotFoundError:
            self.close()
            return None
        if self._store is None or inode != self._inode:
            self.close()
            self._store, self._inode = Store(self._folder), inode
        return self._store
