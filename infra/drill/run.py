"""A drill from its checks to its report."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from llmdeploy.infra.drill.course import Course, run_course
from llmdeploy.infra.drill.errors import DrillRefused
from llmdeploy.infra.drill.fault import DrillOptions, DrillProgress, Fault
from llmdeploy.infra.drill.heal import heal_leftovers
from llmdeploy.infra.drill.limits import Limits, passed_limits
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
    with stack_lock(locks, facts.stack):
        ended = _drill(facts, target, options, on_progress)
    # Raised out here: an error within leaves the lock marked, as if the engine had been stopped half-way.
    if isinstance(ended, LlmdeployError):
        raise ended
    report = sum_up(facts.stack, target, options, ended)
    return replace(report, reasons=passed_limits(report, limits or Limits()))


def _drill(
    facts: DeploymentFacts, target: Target, options: DrillOptions, tell: Tell
) -> Course | LlmdeployError:
    try:
        _require_healthy(facts, tell)
        return asyncio.run(_interruptible(facts, target, options, tell))
    except LlmdeployError as error:
        return error


async def _interruptible(facts: DeploymentFacts, target: Target, options: DrillOptions, tell: Tell) -> Course:
    task = asyncio.ensure_future(run_course(facts, target, options, tell))
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
            raise DrillRefused(
                f"{facts.stack} is not healthy: {'; '.join(status.problems)}",
                "bring it up with `llmdeploy up`: a drill shows what one fault costs",
            )
        time.sleep(_LOOK_EVERY_S)
