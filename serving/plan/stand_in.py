"""What serves on this machine in the place of a cloud's containers: the live simulation's replicas."""

from __future__ import annotations

from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.model import Plan, RegionPlan, ServerPlan
from llmdeploy.serving.plan.steps.llama_cpp_server import RANDOM, SMOLLM2, replica_server, told_substitution
from llmdeploy.serving.plan.steps.resolve_model import LOCAL_CONTEXT_LENGTH

VERSIONS = 2
"""Replicas that a region is taken to run, for their share of the CPU: one of each version."""


def stand_in(plan: Plan, version: RegionPlan, machine: Machine) -> ServerPlan:
    """The server of one version of a region. It follows from the plan, so that one whose spec is gone can be
    run again, and it is the same at every move of a rollout, or its replicas would be started anew.
    """
    model, launch = plan.model_in(version), version.server.launch
    return replica_server(
        model.served_name,
        # A plan for a cloud has the longest that its GPUs hold, which would be this machine's memory here.
        min(model.context_length, LOCAL_CONTEXT_LENGTH),
        stand_in_weights(machine),
        max(1, machine.cpus // (VERSIONS * len(plan.regions))),
        told_substitution(launch.framework if launch else plan.framework, machine),
    )


def stand_in_weights(machine: Machine) -> str:
    """The small model that comes along, or noise where it is neither here nor to be had."""
    return RANDOM if machine.smollm2 == "missing" else SMOLLM2
