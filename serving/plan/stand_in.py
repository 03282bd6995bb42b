"""What serves on this machine in the place of a cloud's containers: the live simulation's replicas."""

from __future__ import annotations

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.draft import Draft, SpecSource
from llmdeploy.serving.plan.model import ServerPlan
from llmdeploy.serving.plan.steps.choose_server import choose_server
from llmdeploy.serving.plan.steps.resolve_framework import resolve_framework
from llmdeploy.serving.plan.steps.resolve_model import resolve_model


def stand_in(source: SpecSource, machine: Machine) -> ServerPlan:
    """The server that a local region of the spec would get.

    Raises:
        SpecErrors: nothing on this machine can serve it.
    """
    draft = Draft(source=source, machine=machine)
    for step in (resolve_model, resolve_framework, choose_server):
        draft = step(draft)
    if draft.problems:
        raise SpecErrors(draft.problems)
    assert draft.server is not None
    return draft.server
