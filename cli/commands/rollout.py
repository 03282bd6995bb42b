"""`llmdeploy rollout`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import refuse_unasked
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    simulate_option,
    spec_argument,
    yes_option,
)

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.stacks.program import Settings

_STEERING = ("resume", "abort", "pause", "status")


@command(
    "llmdeploy rollout chat.yaml",
    "llmdeploy rollout chat.yaml --strategy blue-green --yes",
    "llmdeploy rollout chat.yaml --status",
    "llmdeploy rollout chat.yaml --pause",
    "llmdeploy rollout chat.yaml --resume",
    "llmdeploy rollout chat.yaml --abort --json",
)
@spec_argument()
@env_option
@click.option(
    "--strategy",
    type=click.Choice(["canary", "blue-green", "all-at-once", "shadow"]),
    help="Another way than the spec's.",
)
@click.option("--resume", is_flag=True, help="Go on with the one that stands: paused, killed or failed.")
@click.option("--abort", is_flag=True, help="Take it back.")
@click.option("--pause", is_flag=True, help="Let it stand where it is.")
@click.option("--status", is_flag=True, help="Show where it is, and its verdicts.")
@simulate_option
@allow_option
@backend_option
@yes_option
@json_lines_option
def rollout(
    spec: Path,
    environment: str | None,
    strategy: str | None,
    resume: bool,
    abort: bool,
    pause: bool,
    status: bool,
    simulate: bool,
    allow: tuple[Any, ...],
    backend: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring another model, version, flag or GPU to the traffic, region by region and step by step.

    In each region new replicas start beside the old ones, answer real prompts until they are warm, and get a
    growing share of the requests. Each step is watched and judged against the old version in the same
    minutes; at the first bad verdict everything goes back: exit code 7. What is served meanwhile is never
    less than the old version serves.

    The progress is kept in the stack. A command that was killed harms nobody: --resume goes on, --abort goes
    back.
    """
    steering = [
        name for name, wanted in zip(_STEERING, (resume, abort, pause, status), strict=True) if wanted
    ]
    if len(steering) > 1 or (steering and strategy):
        raise click.UsageError("Give one of --resume, --abort, --pause, --status and --strategy.")
    if not steering:
        refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(
        spec,
        environment,
        backend,
        check=not steering,
        simulate=simulate or None,
        changes=steering not in (["status"], ["pause"]),
    )
    code = _steered(deployment, steering[0], str(spec), allow, as_json=as_json) if steering else None
    if code is None:
        code = _begun(deployment, str(spec), strategy, allow, yes=yes, as_json=as_json)
    click.get_current_context().exit(code)


def _begun(
    deployment: Deployment,
    spec: str,
    strategy: str | None,
    allow: tuple[Any, ...],
    *,
    yes: bool,
    as_json: bool,
) -> int:
    from llmdeploy.cli.clouds.settings import any_settings
    from llmdeploy.cli.rollouts.begin import begin, require_change
    from llmdeploy.cli.rollouts.idle import require_idle
    from llmdeploy.cli.rollouts.intent import intent_of
    from llmdeploy.serving.spec.rollout import Rollout

    asked = deployment.source.spec.rollout or Rollout()
    if strategy is not None:
        # Steps and surge belong to some strategies only; what does not belong is left out.
        kept = {"strategy": strategy, "steps": None, "surge": None}
        asked = asked.model_copy(update=kept if strategy != asked.strategy else {})
    outputs = deployment.runner.known(deployment.stack)
    intent = intent_of(deployment.plan, asked, outputs)
    require_idle(deployment, intent, spec)
    require_change(deployment, intent)
    settings = any_settings(deployment, allow)
    return begin(deployment, intent, settings, spec, asked=asked, yes=yes, as_json=as_json)


def _steered(deployment: Deployment, how: str, spec: str, allow: tuple[Any, ...], *, as_json: bool) -> int:
    from llmdeploy.cli.rollouts import steer
    from llmdeploy.cli.rollouts.show import show_asked, show_status

    intent = deployment.intent()
    if how == "status":
        return show_status(deployment, intent, as_json=as_json)
    if how in ("pause", "abort"):
        found = steer.asked(deployment, "pause" if how == "pause" else "abort")
        if found is not None:
            return show_asked(found, spec, as_json=as_json)
    if intent.record.rollout is None and how != "pause":
        code = _never_saved(deployment, intent, how, spec, allow, as_json=as_json)
        if code is not None:
            return code
    work, progress = steer.standing_work(
        deployment, intent, _known_settings(deployment, intent, allow), spec, as_json=as_json
    )
    if how == "pause":
        return show_asked(intent.record, spec, as_json=as_json)
    return steer.resume(work, progress) if how == "resume" else steer.abort(work, progress)


def _never_saved(
    deployment: Deployment, intent: Intent, how: str, spec: str, allow: tuple[Any, ...], *, as_json: bool
) -> int | None:
    """Of a rollout that was killed in its first move, before the stack knew of it: it begins again, or what
    it had begun is removed. None: there was none such.
    """
    from llmdeploy.cli.clouds.settings import any_settings
    from llmdeploy.cli.rollouts import steer
    from llmdeploy.cli.rollouts.begin import begin
    from llmdeploy.cli.rollouts.folder import cut_off

    if cut_off(deployment.home, deployment.stack, intent.record.revision + 1) is None:
        return None
    settings = any_settings(deployment, allow)
    if how == "abort":
        return steer.clear(deployment, intent, settings, spec, as_json=as_json)
    if not intent.rolled:
        return None
    return begin(deployment, intent, settings, spec, yes=True, as_json=as_json)


def _known_settings(deployment: Deployment, intent: Intent, allow: tuple[Any, ...]) -> Settings:
    """Without asking the clouds again where nothing will be changed."""
    if intent.record.rollout is None:
        return deployment.settings()
    from llmdeploy.cli.clouds.settings import any_settings

    return any_settings(deployment, allow)
