"""What is allowed and seldom meant."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.frameworks import framework_facts
from llmdeploy.serving.rules.hardware import gpus_named
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.hardware import NO_GPU


def framework_is_maintained(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A framework in maintenance takes no new models."""
    if spec.framework.name == "custom":
        return
    reason = framework_facts(spec.framework.name).maintenance
    if reason:
        yield RuleProblem(("framework", "name"), f"{spec.framework.name} is in maintenance", reason)


def version_is_known(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Flags of a version outside the catalog cannot be checked."""
    if spec.framework.name == "custom" or spec.framework.version is None:
        return
    facts = framework_facts(spec.framework.name)
    if spec.framework.version not in facts.versions:
        yield RuleProblem(
            ("framework", "version"),
            f"the catalog does not know {facts.name} {spec.framework.version}",
            f"its flags are not checked; known: {', '.join(facts.versions)}",
        )


def revision_is_pinned(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Without a revision, a restarted replica may load other weights than its neighbours."""
    if spec.model.source_kind == "hub" and spec.model.revision is None and spec.framework.name != "custom":
        yield RuleProblem(
            ("model", "id"), "has no revision", "pin one, so that a restart cannot load other weights"
        )


def local_gpus_are_what_is_there(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A local replica uses this machine's GPUs, or none."""
    if any(region.provider != "local" for region in spec.regions):
        return
    for path, name in gpus_named(spec):
        if name != NO_GPU:
            yield RuleProblem(path, f"{name} is not asked for on this machine", "replicas use what is there")


def traffic_is_authenticated(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Without keys, anybody who reaches the endpoint can use it."""
    if spec.routing and spec.routing.auth == "none":
        yield RuleProblem(("routing", "auth"), "everybody who reaches the endpoint can use it", "use api-key")
