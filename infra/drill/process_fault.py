"""A fault of processes on this machine."""

from __future__ import annotations

import asyncio

from llmdeploy.infra.drill.harm import Marks
from llmdeploy.infra.drill.heal import heal
from llmdeploy.infra.drill.inflict import inflict
from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.drill.victims import Victims, find_victims
from llmdeploy.infra.drill.watch import Watch
from llmdeploy.infra.status.facts import DeploymentFacts
from llmdeploy.infra.status.fault_record import FaultRecord, note


class ProcessFault:
    """See `harm.Harm`. What it hits is killed, stopped or slowed down."""

    def __init__(self, facts: DeploymentFacts, target: Target, outage_s: float) -> None:
        self.recovery_s = facts.startup_timeout_s
        self._facts, self._target, self._outage_s = facts, target, outage_s
        self._victims: Victims | None = None
        self._record: FaultRecord | None = None

    async def prepare(self) -> None:
        """Find the processes, and leave a note for whoever has to heal them."""
        target = self._target
        assert target.kind != "evacuate"
        self._victims = await asyncio.to_thread(find_victims, target)
        folder = target.region.folder
        self._record = note(self._facts.run_dir, target.kind, target.region.name, folder, target.names)

    async def do(self) -> None:
        """Kill, stop or slow down."""
        assert self._victims is not None
        await inflict(self._target, self._victims, self._outage_s, self._facts.startup_timeout_s)

    async def undo(self) -> None:
        """In a thread, so that the load goes on meanwhile."""
        await asyncio.to_thread(self.undo_now)

    def undo_now(self) -> None:
        """A cancelled task gets no other turn for sure, and no signal interrupts this."""
        if self._record is not None:
            heal(self._facts.run_dir, self._record)

    def marks(self, watch: Watch, fault_at: float, restored_at: float) -> Marks:
        """As the gateway's checks had it."""
        return Marks(watch.lost_at(fault_at), None, watch.well_at(restored_at))
