"""Looks at all of a deployment: what does not depend on each other is asked at the same time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.runner.lock import at_work
from llmdeploy.infra.status.asking import Asking
from llmdeploy.infra.status.deployed import deployed_plan
from llmdeploy.infra.status.overview.endpoint import EntryAnswer, ask_entry, endpoint_view
from llmdeploy.infra.status.overview.overview import Overview
from llmdeploy.infra.status.overview.rollout import rollout_in
from llmdeploy.infra.status.overview.spec import spec_view
from llmdeploy.infra.status.overview.stack import StackState
from llmdeploy.infra.status.overview.stack_questions import StackQuestions
from llmdeploy.infra.status.overview.state import state_view
from llmdeploy.infra.status.overview.subject import Subject, entries_of, questions
from llmdeploy.infra.status.overview.view import View

if TYPE_CHECKING:
    from llmdeploy.infra.status.facts import DeploymentFacts
    from llmdeploy.infra.status.overview.cloud import CloudRegion
    from llmdeploy.infra.status.overview.cloud_clients import CloudQuestions
    from llmdeploy.infra.status.overview.cost import CostSoFar
    from llmdeploy.serving.plan.model import Plan

ENTRIES_WITHIN_S: Final = 8.0
"""Two answers of an entry."""
_NOT_LIVE: Final = "not asked: nothing answers in simulated clouds; `up --live` runs them here"
_NOT_UP: Final = "no `up` has come to its end, so nothing says where it answers"
_HERE: Final = "none: all of it runs on this machine"


class Overlook:
    """A deployment that is looked at, once or again and again."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._facts: DeploymentFacts | None = None

    def look(self, previous: Overview | None = None) -> Overview:
        """All of it. What does not answer in 15 seconds is said not to; only the state is waited for.

        Args:
            previous: an earlier look, to measure tokens a second from.

        Raises:
            StackMissing: it was never brought up.
            LlmdeployError: the state cannot be read.
        """
        subject, stack = self._subject, StackQuestions(self._subject)
        state = stack.state()
        outputs = {**state.outputs, **stack.live()}
        deployed = deployed_plan(outputs)
        clouds = _ask_clouds(subject, state, deployed)
        self._facts = _facts(subject, outputs)
        seen = Overview(
            stack=subject.stack,
            place=subject.place,
            model=_model(outputs),
            endpoint=str(outputs.get("endpoint") or ""),
            views={"spec": spec_view(subject.plan, outputs)},
            rollout=rollout_in(outputs),
            evacuated=tuple(outputs.get("evacuated") or ()),
            looked_at=time.time(),
        )
        seen = self._with_processes(seen, previous)
        seen = _with_entries(seen, subject, outputs, deployed or subject.plan, stack.key())
        seen = _with_clouds(seen, subject, clouds, deployed or subject.plan, state)
        working = at_work(subject.locks, subject.stack)
        return seen.with_view("state", state_view(state, stack.last(), working, seen.rollout))

    def glance(self, before: Overview) -> Overview:
        """Only the processes on this machine again, which takes a moment; the rest as it was."""
        return self._with_processes(before, before)

    def _with_processes(self, seen: Overview, previous: Overview | None) -> Overview:
        from llmdeploy.infra.status.look import deployment_status

        if self._facts is None:
            return seen
        found = deployment_status(self._facts, previous.processes if previous else None)
        return replace(seen, processes=found, looked_at=found.looked_at)


def _facts(subject: Subject, outputs: Mapping[str, Any]) -> DeploymentFacts | None:
    """What runs on this machine; None where nothing does."""
    if "servers" not in outputs:
        return None
    from llmdeploy.infra.status.facts import deployment_facts

    # Whether the spec has changed is a view of its own.
    return replace(deployment_facts(subject.plan, subject.run_dir, outputs), spec_changed=False)


def _model(outputs: Mapping[str, Any]) -> str:
    return str((outputs.get("model") or {}).get("served_name", ""))


def _ask_clouds(subject: Subject, state: StackState, deployed: Plan | None) -> CloudQuestions | None:
    if subject.clouds is None:
        return None
    from llmdeploy.infra.status.overview.cloud_clients import CloudQuestions

    return CloudQuestions(subject.clouds, questions(subject, state, deployed))


def _with_entries(
    seen: Overview, subject: Subject, outputs: Mapping[str, Any], plan: Plan, key: str | None
) -> Overview:
    live = bool(outputs.get("simulated"))
    if subject.simulation is not None and not live:
        return seen.with_view("endpoint", View("unknown", _NOT_LIVE))
    entries = entries_of(outputs, plan)
    if not entries:
        return seen.with_view("endpoint", View("down", _NOT_UP, (_NOT_UP,)))
    # What runs here for a cloud is plain HTTP to its clients.
    trusted = None if live else outputs.get("trusted")
    asked = Asking({each.name: partial(ask_entry, each, key, seen.model, trusted) for each in entries})
    found = asked.answers(time.monotonic() + ENTRIES_WITHIN_S)
    answers = tuple(
        found.get(each.name) or EntryAnswer(each.name, each.url, "down", "does not answer")
        for each in entries
    )
    return replace(seen, entries=answers).with_view("endpoint", endpoint_view(answers))


def _with_clouds(
    seen: Overview, subject: Subject, clouds: CloudQuestions | None, plan: Plan, state: StackState
) -> Overview:
    if clouds is None:
        return seen.with_view("cloud", View("unknown", _HERE))
    from llmdeploy.infra.status.overview.cloud import cloud_view

    regions = clouds.answers()
    cost = _cost(regions, plan, subject, state, seen.looked_at)
    view = cloud_view(regions, simulated=subject.simulation is not None)
    return replace(seen, regions=regions, cost=cost).with_view("cloud", view)


def _cost(
    regions: tuple[CloudRegion, ...], plan: Plan, subject: Subject, state: StackState, now: float
) -> CostSoFar | None:
    from llmdeploy.infra.status.overview.cost import cost_so_far

    return cost_so_far(regions, plan, state, subject.catalog, now)
