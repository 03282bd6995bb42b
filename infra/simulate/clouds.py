"""What is in the simulated clouds of a stack, for those who look and those who break things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from llmdeploy.infra.simulate.drift import drifted
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.faults import Fault, Faults
from llmdeploy.infra.simulate.fleet.launch import settle, settle_all
from llmdeploy.infra.simulate.records import Instance, Record, Shortage
from llmdeploy.infra.simulate.store import Store


class SimulatedClouds:
    """The simulated clouds kept in a folder. May be used while an engine is at work on them.

    Raises:
        SimulationError: the folder cannot be used; for every method.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exist(self) -> bool:
        """Whether anything was ever simulated here."""
        return (self.folder / Store.FILE).exists()

    def resources(self, token: str = "") -> list[Record]:
        """Everything, or everything of a type, oldest first."""
        with self._open() as store:
            return store.of(token) if token else store.all()

    def instances(self, group: Record | None = None) -> list[Instance]:
        """The machines of a group, or of all groups."""
        with self._open() as store:
            return store.instances(group.number if group else None)

    def shortages(self) -> list[Shortage]:
        """Groups that have fewer instances than they want, and why."""
        with self._open() as store:
            return store.shortages()

    def named_by(self, record: Record) -> list[Record]:
        """What a resource's inputs name: the target groups of a listener, the subnets of a load balancer."""
        with self._open() as store:
            found = [store.get(reference.target) for reference in store.references(record.number)]
            return [each for each in found if each]

    def users_of(self, record: Record) -> list[Record]:
        """What names a resource."""
        with self._open() as store:
            return store.users(record.number)

    def edges(self) -> list[tuple[int, int]]:
        """Numbers of records: who names whom."""
        with self._open() as store:
            return store.edges()

    def answering(self, handle: str) -> list[Record]:
        """What is known by an id, ARN, name, link or DNS name."""
        with self._open() as store:
            return store.answering(handle)

    # What goes wrong

    def faults(self) -> list[tuple[int, Fault]]:
        """Number and fault, oldest first."""
        with self._open() as store:
            return Faults(store).all()

    def add_fault(self, fault: Fault) -> int:
        """Set a fault; its number is returned. Running instances stay."""
        with self._open() as store:
            return Faults(store).add(fault)

    def clear_faults(self, number: int | None = None) -> int:
        """End a fault, or all; groups then get the instances they lack. Returns how many were ended."""
        with self._open() as store:
            ended = Faults(store).clear(number)
            settle_all(store)
            return ended

    def settings(self) -> dict[str, Any]:
        """Account, project, region, hosted zones: what the simulation was told."""
        with self._open() as store:
            return store.settings()

    def set(self, key: str, value: Any) -> None:
        """Tell the simulation something; infra/simulate/settings.py knows the keys."""
        with self._open() as store:
            store.set(key, value)

    # What changes behind the engine's back

    def find(self, name: str) -> Record:
        """A resource by its logical name, id or URN. Raises SimulationError: there is none, or several."""
        with self._open() as store:
            records = store.all()
        found = [each for each in records if name in {each.urn, each.id, f"{each.type}:{each.name}"}]
        found = found or [each for each in records if each.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(f"{each.type}:{each.name}" for each in found)
            raise SimulationError(f"{name} may be any of {several}", "give it as Type:name")
        close = get_close_matches(name, [each.name for each in records], n=1)
        raise SimulationError(
            f"there is no resource {name} in the simulated clouds",
            f"did you mean {close[0]}?" if close else "`llmdeploy simulate show` lists them",
        )

    def drift(self, record: Record, changes: dict[str, Any]) -> Record:
        """Change properties (path → value; None removes) as somebody might at the cloud's console."""
        with self._open() as store, store.change():
            changed = drifted(record, changes)
            store.put(changed)
            settle(store, changed)
            return changed

    def delete(self, record: Record) -> None:
        """Delete a resource behind the engine's back, whatever uses it."""
        with self._open() as store, store.change():
            store.remove(record.number)

    def end_instance(self, identity: str) -> Instance | None:
        """Take a machine away, as a spot interruption does; its group starts another where there is capacity.

        Returns the new one. None: there was no place for it.
        """
        with self._open() as store, store.change():
            instance = next((each for each in store.instances() if each.id == identity), None)
            if instance is None:
                raise SimulationError(
                    f"there is no instance {identity}", "`llmdeploy simulate show` lists them"
                )
            before = {each.id for each in store.instances(instance.group)}
            store.remove_instance(identity)
            record = store.get(instance.group)
            if record is not None:
                settle(store, record)
            after = [each for each in store.instances(instance.group) if each.id not in before]
            return after[0] if after else None

    def reset(self) -> int:
        """Forget everything, also faults and settings. Returns how many resources there were."""
        if not self.exist:
            return 0
        with self._open() as store:
            count = len(store.all())
            store.empty()
            return count

    @contextmanager
    def _open(self) -> Iterator[Store]:
        store = Store(self.folder)
        try:
            yield store
        finally:
            store.close()
