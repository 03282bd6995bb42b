"""What a fault hits."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.infra.drill.errors import DrillRefused
from llmdeploy.infra.drill.fault import Fault, HarmKind
from llmdeploy.infra.load import Record
from llmdeploy.infra.status.facts import DeploymentFacts, RegionFacts, ReplicaFacts
from llmdeploy.serving.spec.suggest import instead_of


@dataclass(frozen=True, slots=True)
class Target:
    """The replicas that a fault hits, all of one region. `whole`: all that the region has were meant."""

    kind: HarmKind
    region: RegionFacts
    replicas: tuple[ReplicaFacts, ...]
    whole: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the replicas."""
        return tuple(replica.name for replica in self.replicas)

    def answered(self, record: Record) -> bool:
        """Whether it was one of these that answered. In clouds only the region is known."""
        if self.replicas:
            return record.replica in self.names
        return record.region == self.region.name

    def __str__(self) -> str:
        return self.region.name if self.whole else self.names[0]


def find_target(facts: DeploymentFacts, fault: Fault) -> Target:
    """What the fault means in this deployment.

    Raises:
        DrillRefused: it names a region or a replica that is not there, or two that do not belong together.
    """
    if fault.replica:
        replica = _replica(facts, fault.replica)
        region = facts.region(replica.region)
        if fault.region and _region(facts, fault.region) != region:
            raise DrillRefused(
                f"{replica.name} is in {region.name}, not in {fault.region}", "name one of the two only"
            )
        return Target(fault.kind, region, (replica,), whole=False)
    region = _region(facts, fault.region)
    return Target(fault.kind, region, region.replicas, whole=True)


def refuse_total_outage(facts: DeploymentFacts, target: Target) -> None:
    """Refuse a fault after which nothing would answer.

    Raises:
        DrillRefused: there is no replica beside those that are hit.
    """
    if target.kind != "slow" and set(target.names) == {replica.name for replica in facts.replicas}:
        raise DrillRefused(
            f"{target} is all that {facts.stack} has: nothing would be left to take over",
            "add a region or a replica to the spec, or allow the total outage",
        )


def _region(facts: DeploymentFacts, name: str) -> RegionFacts:
    for region in facts.regions:
        if name in (region.name, region.folder.name):
            return region
    known = [region.name for region in facts.regions]
    asked = name if "/" in name else f"local/{name}"
    raise DrillRefused(f"{facts.stack} has no region {name!r}", instead_of(asked, known))


def _replica(facts: DeploymentFacts, name: str) -> ReplicaFacts:
    for replica in facts.replicas:
        if replica.name == name:
            return replica
    known = [replica.name for replica in facts.replicas]
    raise DrillRefused(f"{facts.stack} has no replica {name!r}", instead_of(name, known))
