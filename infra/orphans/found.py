"""What a sweep finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from llmdeploy.infra.orphans.untagged import UNTAGGED


@dataclass(frozen=True, slots=True, order=True)
class Tagged:
    """A resource that carries our tags."""

    provider: str
    region: str
    """As its cloud names it; empty for what is global."""
    type: str
    """As its cloud names it: `ec2:natgateway`, `compute.googleapis.com/Address`."""
    id: str
    """What finds it in the cloud: an ARN, a full resource name."""
    stack: str
    """The value of the tag."""
    made_by_cloud: bool = False
    """No program declares it: a fleet or a service started it."""


@dataclass(frozen=True, slots=True, order=True)
class Unlooked:
    """A place that could not be looked into."""

    where: str
    """`aws/eu-west-1`, or a whole cloud: `gcp`."""
    why: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to, sorted.

    Attributes:
        looked: the places that were looked into.
    """

    orphans: tuple[Tagged, ...]
    unlooked: tuple[Unlooked, ...]
    looked: tuple[str, ...]

    @staticmethod
    def joined(several: Iterable[Swept]) -> Swept:
        """Of several sweeps."""
        parts = list(several)
        return Swept(
            tuple(sorted({each for part in parts for each in part.orphans})),
            tuple(sorted({each for part in parts for each in part.unlooked})),
            tuple(sorted({each for part in parts for each in part.looked})),
        )

    @property
    def untagged(self) -> dict[str, tuple[str, ...]]:
        """What no tag leads to in the clouds that were looked into, in a reader's words."""
        providers = dict.fromkeys(where.partition("/")[0] for where in self.looked)
        return {provider: tuple(UNTAGGED[provider].values()) for provider in providers}

    def clean(self, providers: Collection[str]) -> bool:
        """Whether nothing is left, and every place of these clouds was looked into, or of any at all."""
        missed = {each.where.partition("/")[0] for each in self.unlooked}
        asked = bool(self.looked) or not self.unlooked
        return asked and not self.orphans and missed.isdisjoint(providers)
