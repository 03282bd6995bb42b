"""The course of a drill: load, fault, healing, load again, with the moment of each."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from llmdeploy.infra.drill.fault import DrillOptions, DrillProgress
from llmdeploy.infra.drill.harm import Harm, Marks
from llmdeploy.infra.drill.tally import Tally
from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.drill.watch import Watch
from llmdeploy.infra.load import LoadRun, LoadShape, generate_load
from llmdeploy.infra.status.facts import DeploymentFacts

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
        marks: what happened between them, and after.
        began: when the load did, seconds since the epoch.
    """

    load: LoadRun
    fault_at: float
    restored_at: float
    marks: Marks
    began: float


async def run_course(
    facts: DeploymentFacts,
    target: Target,
    harm: Harm,
    options: DrillOptions,
    tell: Callable[[DrillProgress], None],
    trusted: str | None = None,
) -> Course:
    """Run the drill. When this is cancelled or fails, the harm is undone before it ends.

    Raises:
        SupervisorFailed: what was killed does not start again.
    """
    tally = Tally(target, tell)
    watch = Watch(facts.balancers, frozenset(port for replica in target.replicas for port in replica.seen_at))
    stop, began = asyncio.Event(), time.time()
    shape = _shape(facts, target, options, trusted)
    load = asyncio.create_task(generate_load(shape, stop=stop, on_record=tally.count))
    watching = asyncio.create_task(watch.run())
    try:
        with tally.phase("before", f"load on {target.region.name}"):
            await asyncio.sleep(options.before_s)
        fault_at, restored_at = await _fault(target, harm, tally)
        with tally.phase("after", f"{target} comes back"):
            await _recovery(harm, options, tally, watch, restored_at)
        stop.set()
        run = await load
    finally:
        await _ended(load, watching)
    return Course(run, fault_at, restored_at, harm.marks(watch, fault_at, restored_at), began)


async def _fault(target: Target, harm: Harm, tally: Tally) -> tuple[float, float]:
    """Do the harm, let it last, undo it. Returns when it began and when its undoing did."""
    await harm.prepare()
    try:
        fault_at = tally.fault_at = time.monotonic()
        with tally.phase("fault", f"{target}: {target.kind}"):
            await harm.do()
        restored_at = time.monotonic()
        with tally.phase("heal", f"bringing {target} back"):
            await harm.undo()
    except BaseException:
        harm.undo_now()
        raise
    return fault_at, restored_at


async def _recovery(
    harm: Harm,
    options: DrillOptions,
    tally: Tally,
    watch: Watch,
    restored_at: float,
) -> None:
    """Load after the fault, at least until what was hit serves again, or has had the time to load."""
    served_before = tally.last_served > float("-inf")

    def serves_again() -> bool:
        answered = tally.last_served >= restored_at or not served_before
        return answered and harm.marks(watch, 0, restored_at).well_at is not None

    await asyncio.sleep(options.after_s)
    deadline = restored_at + harm.recovery_s
    while time.monotonic() < deadline and not serves_again():
        await asyncio.sleep(_LOOK_EVERY_S)
    await asyncio.sleep(SETTLE_S)


def _shape(facts: DeploymentFacts, target: Target, options: DrillOptions, trusted: str | None) -> LoadShape:
    return LoadShape(
        url=target.region.entry or facts.endpoint,
        model=facts.model,
        key=facts.api_key,
        workers=options.workers,
        seconds=options.seconds + 2 * facts.startup_timeout_s + _SPARE_S,
        stream_share=options.stream_share,
        trusted=trusted,
        max_tokens=options.max_tokens,
        request_timeout_s=options.request_timeout_s,
    )


async def _ended(*tasks: asyncio.Task[LoadRun] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
