"""The questions, the same of every cloud. An implementation answers, or raises a CloudUnasked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, in the cloud's own words, and the account or project that will pay."""

    who: str
    account: str


@dataclass(frozen=True, slots=True)
class QuotaName:
    """A quota as its cloud knows it."""

    service: str
    """`ec2`; `compute.googleapis.com`."""
    code: str
    """AWS: a code (L-DB2E81BA); Google: the id in Cloud Quotas (NVIDIA-L4-GPUS-per-project-region). Empty
    where no list of them is public: then the cloud is asked for it by `title` or `metric`.
    """
    metric: str = ""
    """Google: its name among the quotas of a region or project, where it is listed there."""
    title: str = ""
    """AWS: what its console calls it."""
    family: str = ""
    """Google: the dimension gpu_family."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of something an account may use, in the quota's own unit."""

    value: float
    usage: float | None = None
    """In use now; None where the cloud does not tell."""
    pending: float | None = None
    """Asked for, and not yet decided."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a stack already has in a region, counted in the usage of quotas."""

    on_demand: int = 0
    """GPU instances."""
    spot: int = 0
    networks: int = 0


class Cloud(Protocol):
    """One account of one cloud. `location` is a region's name there (`us-east-1`). Safe to use from several
    threads; every method may take seconds and gives up by itself.
    """

    def identity(self) -> Identity:
        """Who asks. Raises NoCredentials."""

    def denied(self) -> Sequence[str]:
        """Those of the actions in data/ that these credentials lack."""

    def disabled_services(self) -> Sequence[str]:
        """The APIs that the stacks use and the project has not enabled."""

    def region_state(self, location: str) -> Literal["enabled", "disabled", "unknown"]:
        """Whether the account can use the region; unknown: there is no such region."""

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        """A quota; `location` is empty for one of the whole project. None: the cloud does not list it."""

    def held(self, location: str, stack: str) -> Held:
        """What the stack has in the region."""

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        """The zones that offer an instance type of the catalog."""

    def machine_image(self, location: str) -> str:
        """The image that GPU instances start from; empty when there is none."""

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        """Whether an object of the bucket begins with `prefix`; False also when there is no such bucket."""

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        """The odds of spot capacity from 1 to 10; None where the cloud has no such figure."""

    def public_zone(self, domain: str) -> str | None:
        """The public DNS zone that holds a domain, the longest one; None where there is none."""


class Registry(Protocol):
    """The registries of container images."""

    def digest(self, image: str, tag: str) -> str | None:
        """The digest of a tag; None when there is no such image or tag."""


HubAccess = Literal["open", "gated", "missing", "no-revision"]


class Hub(Protocol):
    """The model hub."""

    def access(self, model: str, revision: str | None) -> HubAccess:
        """Whether the model can be read with the token that there is."""

    def has_token(self) -> bool:
        """Whether there is a token."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Everything that is asked. A cloud is made at its first question, which may raise ExtraMissing."""

    clouds: Mapping[str, Callable[[], Cloud]]
    registry: Registry
    hub: Hub
    simulated: bool = False
