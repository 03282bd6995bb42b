"""A drill from its checks to its report."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from llmdeploy.infra.drill.course import Course, run_course
from llmdeploy.infra.drill.errors import DrillRefused
from llmdeploy.infra.drill.fault import DrillOptions, DrillProgress, Fault
from llmdeploy.infra.drill.harm import Harm
from llmdeploy.infra.drill.heal import heal_leftovers
from llmdeploy.infra.drill.limits import Limits, passed_limits
from llmdeploy.infra.drill.planned_evacuation import Moves, PlannedEvacuation
from llmdeploy.infra.drill.process_fault import ProcessFault
from llmdeploy.infra.drill.report import DrillReport
from llmdeploy.infra.drill.summary import sum_up
from llmdeploy.infra.drill.target import Target, find_target, refuse_total_outage
from llmdeploy.infra.errors import Interrupted
from llmdeploy.infra.runner.lock import stack_lock
from llmdeploy.infra.status.facts import DeploymentFacts
from llmdeploy.infra.status.look import deployment_status
from llmdeploy.serving.errors import LlmdeployError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY_S = 0.5

Tell = Callable[[DrillProgress], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """A deployment whose evacuation is drilled, here or in clouds.

    Args:
        facts: with the API key; in clouds its regions have entries and no replicas.
        problems: what is not healthy, one sentence each.
        trusted: the certificates (PEM) of fronts that have signed their own.
    """

    facts: DeploymentFacts
    problems: Callable[[], Sequence[str]]
    trusted: str | None = field(default=None, repr=False)


def run_drill(
    facts: DeploymentFacts,
    fault: Fault,
    options: DrillOptions | None = None,
    limits: Limits | None = None,
    *,
    locks: Path,
    on_progress: Tell = lambda progress: None,
) -> DrillReport:
    """Send a load, make the fault, heal it, and say what clients saw.

    The fault is healed whatever happens. Only SIGKILL prevents that; then a note stays in the run folder, and
    the next `up` or drill heals it. What is hit comes back as the provider starts it.

    Args:
        facts: with the API key, when the gateway asks for one.
        locks: `Home.locks`: no other operation may work on the stack meanwhile.
        on_progress: is told at every phase, and twice a second.

    Raises:
        DrillRefused: nothing was hurt.
        StackLocked: another operation or drill works on the stack.
        Interrupted: by SIGINT, SIGTERM or SIGHUP, after the fault was healed.
        SupervisorFailed: what was killed does not start again.
    """
    options = options or DrillOptions()
    target = find_target(facts, fault)
    if not options.allow_total_outage:
        refuse_total_outage(facts, target)
    harm = ProcessFault(facts, target, options.outage_s)
    with stack_lock(locks, facts.stack):
        ended = _drill(facts, target, harm, options, on_progress)
    # Raised out here: an error within leaves the lock marked, as if the engine had been stopped half-way.
    if isinstance(ended, LlmdeployError):
        raise ended
    return _report(facts, target, options, limits or Limits(), ended)


def run_evacuation(
    scene: Scene,
    region: str,
    moves: Moves,
    options: DrillOptions | None = None,
    limits: Limits | None = None,
    *,
    on_progress: Tell = lambda progress: None,
) -> DrillReport:
    """Send a load, evacuate a region, bring it back, and say what clients saw.

    It is brought back whatever happens. Only SIGKILL prevents that; then it stays evacuated, until `evacuate
    --back`. Each move holds the stack by itself.

    Raises:
        DrillRefused: nothing was changed.
        Interrupted: by SIGINT, SIGTERM or SIGHUP, after the region was brought back.
        LlmdeployError: a move failed.
    """
    options = options or DrillOptions()
    facts = scene.facts
    target = find_target(facts, Fault("evacuate", region))
    on_progress(DrillProgress("check", f"looking at {facts.stack}", 0, 0, 0))
    if problems := scene.problems():
        raise _not_healthy(facts.stack, problems)
    harm = PlannedEvacuation(moves, options.outage_s)
    course = asyncio.run(_interruptible(facts, target, harm, options, on_progress, scene.trusted))
    return _report(facts, target, options, limits or Limits(), course)


def _report(
    facts: DeploymentFacts, target: Target, options: DrillOptions, limits: Limits, course: Course
) -> DrillReport:
    report = sum_up(facts.stack, target, options, course)
    return replace(
        report, reasons=passed_limits(report, limits), limits=limits.words, simulated=facts.simulated
    )


def _drill(
    facts: DeploymentFacts, target: Target, harm: Harm, options: DrillOptions, tell: Tell
) -> Course | LlmdeployError:
    try:
        _require_healthy(facts, tell)
        return asyncio.run(_interruptible(facts, target, harm, options, tell))
    except LlmdeployError as error:
        return error


async def _interruptible(
    facts: DeploymentFacts,
    target: Target,
    harm: Harm,
    options: DrillOptions,
    tell: Tell,
    trusted: str | None = None,
) -> Course:
    task = asyncio.ensure_future(run_course(facts, target, harm, options, tell, trusted))
    with _signals_cancel(task):
        try:
            return await task
        except asyncio.CancelledError:
            raise Interrupted(
                f"the drill was interrupted; {target} is as it was before", "start it again for figures"
            ) from None


@contextmanager
def _signals_cancel(task: asyncio.Task[Course]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _require_healthy(facts: DeploymentFacts, tell: Tell) -> None:
    """Heal what an earlier drill left, and go on only with a healthy deployment.

    Raises:
        DrillRefused: something is not healthy, each part with its reason.
    """
    healed = heal_leftovers(facts.run_dir)
    deadline = time.monotonic() + (facts.startup_timeout_s if healed else 0)
    for line in healed:
        tell(DrillProgress("check", line, 0, 0, 0))
    tell(DrillProgress("check", f"looking at {facts.stack}", 0, 0, 0))
    while (status := deployment_status(facts)).worst != "healthy":
        if time.monotonic() >= deadline:
            raise _not_healthy(facts.stack, status.problems)
        time.sleep(_LOOK_EVERY_S)


def _not_healthy(stack: str, problems: Sequence[str]) -> DrillRefused:
    return DrillRefused(
        f"{stack} is not healthy: {'; '.join(problems)}",
        "bring it up with `llmdeploy up`: a drill shows what one fault costs",
    )
