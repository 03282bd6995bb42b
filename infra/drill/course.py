"""The course of a drill: load, fault, healing, load again, with the moment of each."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from llmdeploy.infra.drill.fault import DrillOptions, DrillProgress
from llmdeploy.infra.drill.heal import heal
from llmdeploy.infra.drill.inflict import inflict
from llmdeploy.infra.drill.tally import Tally
from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.drill.victims import find_victims
from llmdeploy.infra.drill.watch import Watch
from llmdeploy.infra.load import LoadRun, LoadShape, generate_load
from llmdeploy.infra.status.facts import DeploymentFacts
from llmdeploy.infra.status.fault_record import note

SETTLE_S = 1.0
"""Load that still comes after what was hit has answered again."""
_LOOK_EVERY_S = 0.1
_SPARE_S = 60.0
"""Room in the load's own bound for finding processes and starting supervisord on a busy machine."""


@dataclass(frozen=True, slots=True)
class Course:
    """A drill that has run. Times are seconds of `time.monotonic`.

    Args:
        restored_at: when bringing back what was hit began.
        lost_at: when the gateway sent nothing to it any more, after the fault.
        well_at: when the gateway held all of it for healthy, after that.
    """

    load: LoadRun
    fault_at: float
    restored_at: float
    lost_at: float | None
    well_at: float | None


async def run_course(
    facts: DeploymentFacts,
    target: Target,
    options: DrillOptions,
    tell: Callable[[DrillProgress], None],
) -> Course:
    """Run the drill. When this is cancelled or fails, the fault is healed before it ends.

    Raises:
        SupervisorFailed: what was killed does not start again.
    """
    tally = Tally(target.names, tell)
    watch = Watch(facts.balancers, frozenset(replica.port for replica in target.replicas))
    stop = asyncio.Event()
    shape = _shape(facts, target, options)
    load = asyncio.create_task(generate_load(shape, stop=stop, on_record=tally.count))
    watching = asyncio.create_task(watch.run())
    try:
        with tally.phase("before", f"load on {target.region.name}"):
            await asyncio.sleep(options.before_s)
        fault_at, restored_at = await _fault(facts, target, options, tally)
        with tally.phase("after", f"{target} comes back"):
            await _recovery(facts, options, tally, watch, restored_at)
        stop.set()
        run = await load
    finally:
        await _ended(load, watching)
    return Course(run, fault_at, restored_at, watch.lost_at(fault_at), watch.well_at(restored_at))


async def _fault(
    facts: DeploymentFacts, target: Target, options: DrillOptions, tally: Tally
) -> tuple[float, float]:
    """Make the fault, let it last, heal it. Returns when it began and when its healing did."""
    victims = await asyncio.to_thread(find_victims, target)
    record = note(facts.run_dir, target.kind, target.region.name, target.region.folder, target.names)
    try:
        fault_at = tally.fault_at = time.monotonic()
        with tally.phase("fault", f"{target}: {target.kind}"):
            await inflict(target, victims, options.outage_s, facts.startup_timeout_s)
        restored_at = time.monotonic()
        with tally.phase("heal", f"bringing {target} back"):
            # In a thread, so that the load goes on meanwhile.
            await asyncio.to_thread(heal, facts.run_dir, record)
    except BaseException:
        # Here and now: a cancelled task gets no other turn for sure, and no signal interrupts this.
        heal(facts.run_dir, record)
        raise
    return fault_at, restored_at


async def _recovery(
    facts: DeploymentFacts,
    options: DrillOptions,
    tally: Tally,
    watch: Watch,
    restored_at: float,
) -> None:
    """Load after the fault, at least until what was hit serves again, or has had the time to load."""
    served_before = tally.last_served > float("-inf")

    def serves_again() -> bool:
        answered = tally.last_served >= restored_at or not served_before
        return answered and watch.well_at(restored_at) is not None

    await asyncio.sleep(options.after_s)
    deadline = restored_at + facts.startup_timeout_s
    while time.monotonic() < deadline and not serves_again():
        await asyncio.sleep(_LOOK_EVERY_S)
    await asyncio.sleep(SETTLE_S)


def _shape(facts: DeploymentFacts, target: Target, options: DrillOptions) -> LoadShape:
    return LoadShape(
        url=target.region.entry,
        model=facts.model,
        key=facts.api_key,
        workers=options.workers,
        seconds=options.seconds + 2 * facts.startup_timeout_s + _SPARE_S,
        stream_share=options.stream_share,
        max_tokens=options.max_tokens,
        request_timeout_s=options.request_timeout_s,
    )


async def _ended(*tasks: asyncio.Task[LoadRun] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
