"""What is said of a region that its cloud's own service runs."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.place import Option
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.plan.managed_service import derived_service, said_service


def decided_on_service(draft: Draft, ask: RegionAsk, chosen: Option, managed: ManagedPlan | None) -> Draft:
    """A copy that records which service it is where the spec does not say, which container it runs where that
    is not the catalog's, and what is guessed of it.
    """
    assert ask.managed is not None
    service = managed_service(ask.managed)
    region = next(each for each in draft.spec.regions if each.name == ask.region)
    if said_service(draft.spec, region) is None:
        name, reason = derived_service(draft.spec, region)
        draft = draft.decided(f"{ask.region}.managed.service", name, reason)
    tag = managed.container.image.rpartition(":")[2] if managed and managed.container else ""
    if tag and draft.spec.framework.version is None and draft.framework_version not in tag:
        draft = draft.warned(
            f"{ask.region}: {service.shown} runs the container {tag}, and not {draft.spec.framework.name} "
            f"{draft.framework_version}, whose flags and speed are planned with"
        )
    if not service.gpus:
        draft = draft.warned(
            f"{ask.region}: {service.shown} does not say on what it runs; memory and speed are those of "
            f"{chosen.gpus} × {chosen.instance.gpu}, a guess"
        )
    return draft
