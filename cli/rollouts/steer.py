"""Goes on with a rollout that stands, turns it back, or asks the command that runs it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.rollouts.folder import is_running, wishes_of
from llmdeploy.cli.rollouts.run import Work, carry_out, carry_over
from llmdeploy.infra.rollout.errors import RolloutRefused
from llmdeploy.serving.rollout.moves import turned_back
from llmdeploy.serving.rollout.progress import Ended, Progress

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.infra.rollout.wish import Wish
    from llmdeploy.serving.rollout.record import Record
    from llmdeploy.stacks.program import Settings

PATIENCE_S: Final = 600.0
"""How long a wish may take: the running command hears it between two moves."""
LOOK_EVERY_S: Final = 0.5
REASON: Final = "it was asked for"


def standing_work(
    deployment: Deployment, intent: Intent, settings: Settings, spec: str, *, as_json: bool
) -> tuple[Work, Progress]:
    """The rollout that is under way, ready to be gone on with.

    Raises:
        RolloutRefused: there is none.
    """
    progress, stable = intent.record.rollout, intent.record.stable
    if progress is None or stable is None:
        raise RolloutRefused(
            f"no rollout of {deployment.stack} is under way", f"begin one: `llmdeploy rollout {spec}`"
        )
    target = progress.target.plan()
    return Work(deployment, settings, stable, target, intent.record, intent.standing, spec, as_json), progress


def resume(work: Work, progress: Progress) -> int:
    """Go on from where it stands. Returns the exit code."""
    return carry_out(work, progress.model_copy(update={"paused": False}))


def abort(work: Work, progress: Progress) -> int:
    """Take it back from where it stands. Returns the exit code."""
    return carry_out(work, turned_back(progress, REASON, work.stable, work.target))


def clear(deployment: Deployment, intent: Intent, settings: Settings, spec: str, *, as_json: bool) -> int:
    """Remove what a rollout had begun that the stack does not know of. Returns the exit code."""
    stable = intent.record.stable
    assert stable is not None
    work = Work(deployment, settings, stable, intent.spec_plan, intent.record, intent.standing, spec, as_json)
    number = intent.record.revision + 1
    return carry_over(work, Ended(number=number, outcome="went back", reason=REASON))


def asked(deployment: Deployment, wish: Wish) -> Record | None:
    """Ask the command that runs it, and wait until it has done so.

    Returns:
        What the stack remembers then; None: no command on this machine runs it.

    Raises:
        RolloutRefused: it is still at work.
    """
    from llmdeploy.serving.rollout.record import Record

    home, stack = deployment.home, deployment.stack
    if not is_running(home, stack):
        return None
    wishes_of(home, stack).say(wish)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if not is_running(home, stack):
            return Record.of(deployment.runner.known(stack))
        time.sleep(LOOK_EVERY_S)
    raise RolloutRefused(
        f"the command that runs the rollout has not answered for {PATIENCE_S:g} s",
        "`--status` shows where it is; it stops by itself between two moves",
    )
