"""What a node is to run: the input of the two clouds' user data."""

from __future__ import annotations

from dataclasses import dataclass, field

from llmdeploy.serving.frameworks.launch import API_KEY, HUB_TOKEN, Launch
from llmdeploy.serving.node.models import NodeModel, plan_models
from llmdeploy.serving.node.places import adapter_prefix
from llmdeploy.serving.plan.model import ModelPlan, Plan, RegionPlan, ServerPlan
from llmdeploy.serving.startup.plan import StartupPlan

SETTLE_S = 5.0
"""From leaving the load balancer to the first look at what is under way: it takes seconds to notice."""
METRICS = {"aws": "ReplicaLoad", "gcp": "llmdeploy/replica_load"}
"""What the scaling metric is called; in Google's cloud below `custom.googleapis.com/`."""
NAMESPACE = "LLMDeploy"
"""Of the metric in CloudWatch; its only dimension is `Stack`."""


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret's value is kept: never the value itself."""

    id: str
    """AWS: name or ARN. GCP: `projects/PROJECT/secrets/NAME`."""
    field: str | None = None
    """Of a JSON object; None: the whole is the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRequest:
    """One replica on one instance. Everything in it may be seen by who can read an instance's metadata."""

    stack: str
    location: str
    """us-east-1, europe-west4: the part of a region's name after the slash."""
    launch: Launch
    image: str
    """In the region's cache, by digest: HOST/PATH@sha256:…"""
    bucket: str
    models: tuple[NodeModel, ...]
    gpus: int
    """Those that the replica uses, the first ones."""
    instance_gpus: int
    concurrency: int
    """Requests that it runs at once: load 1.0 of the scaling metric."""
    drain_s: float
    startup: StartupPlan
    secrets: dict[str, SecretSource] = field(default_factory=dict)
    """`hub-token`, `api-key` → where the launch's secrets are kept. Those that are not here are left out."""
    log_group: str = ""
    """AWS: of CloudWatch Logs."""
    target_groups: tuple[str, ...] = ()
    """AWS: ARNs, to leave before a stop."""
    project: str = ""
    """GCP."""
    adapters: str = ""
    """Where the list of those that come and go lies in the bucket (`adapter_prefix`)."""


def node_request(
    plan: Plan,
    region: RegionPlan,
    *,
    image: str,
    bucket: str,
    hub_token: SecretSource | None,
    api_key: SecretSource | None = None,
    log_group: str = "",
    target_groups: tuple[str, ...] = (),
    project: str = "",
) -> NodeRequest:
    """What each instance of a cloud region runs, from the plan and what its stack has made."""
    launch, hardware, startup = region.server.launch, region.hardware, region.startup
    assert launch is not None
    assert hardware is not None
    assert startup is not None
    known = {HUB_TOKEN: hub_token, API_KEY: api_key}
    return NodeRequest(
        stack=plan.stack_name,
        location=region.location,
        launch=launch,
        image=image,
        bucket=bucket,
        models=plan_models(_at_start(plan.model_in(region), region.server)),
        adapters=adapter_prefix(region.slot) if region.server.adapters else "",
        gpus=hardware.gpus,
        instance_gpus=hardware.instance_gpus,
        concurrency=region.server.concurrency,
        drain_s=region.server.drain_timeout_s,
        startup=startup,
        secrets={name: source for name, source in known.items() if source is not None},
        log_group=log_group,
        target_groups=target_groups,
        project=project,
    )


def _at_start(model: ModelPlan, server: ServerPlan) -> ModelPlan:
    """Without adapters that come and go: an instance must not be another for them."""
    return model if server.adapters is None else model.model_copy(update={"adapters": ()})
