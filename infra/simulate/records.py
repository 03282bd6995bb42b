"""What the simulated clouds hold, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Lifecycle = Literal["on-demand", "spot"]


@dataclass(frozen=True, slots=True)
class Record:
    """One resource of a simulated cloud.

    Attributes:
        number: counts up over all resources; of two records with one URN (a replacement under way) the
            higher one is the newer.
        token: the Pulumi type, such as `aws:ec2/vpc:Vpc`.
        id: as the cloud names it.
        region: where it is; empty for what is global.
        inputs: what the program said, plain, with defaults of the provider.
        outputs: all that the cloud answers when asked.
        secrets: top-level properties that are secret.
        created: seconds since the epoch.
    """

    number: int
    token: str
    id: str
    urn: str
    region: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    secrets: tuple[str, ...] = ()
    created: float = 0.0

    @property
    def package(self) -> str:
        """`aws`, `gcp` or `azure-native`."""
        return self.token.partition(":")[0]

    @property
    def type(self) -> str:
        """The class alone: `Vpc`."""
        return self.token.rpartition(":")[2]

    @property
    def name(self) -> str:
        """The logical name in the program."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where a resource's inputs name another resource.

    Attributes:
        path: of the input, such as `launchTemplate.id`.
        value: what stands there.
        target: the number of the record it means; 0 for what is always there, such as Amazon's own policies.
    """

    path: str
    value: str
    target: int = 0


@dataclass(frozen=True, slots=True)
class Instance:
    """A machine that an Auto Scaling group, instance group or service runs.

    Attributes:
        group: the number of the record that runs it.
        zone: the availability zone.
        type: instance or machine type; empty for container tasks.
        address: its private address.
        created: seconds since the epoch.
    """

    id: str
    group: int
    zone: str
    type: str
    lifecycle: Lifecycle
    address: str
    created: float


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a group has fewer instances than it wants: the text of its last failed scaling activity."""

    group: int
    wanted: int
    has: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a create or an update leaves in the store."""

    outputs: dict[str, Any]
    references: list[Reference] = field(default_factory=list)
    handles: frozenset[str] = frozenset()
