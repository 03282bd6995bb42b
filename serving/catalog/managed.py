"""The clouds' own services that run a model: what each can and cannot, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.spec.managed import Service

SERVICES: Final[tuple[Service, ...]] = ("sagemaker", "vertex", "cloud-run", "bedrock", "azure-ml")
"""In the order in which they are shown and advised."""
USUAL: Final[dict[str, Service]] = {"aws": "sagemaker", "gcp": "vertex", "azure": "azure-ml"}
"""The service of each cloud that runs any container on any of its GPUs."""
_TABLE: Final = "managed-services"


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """One thing about a service: `text` is a limit, or why it cannot do something."""

    can: bool
    text: str
    source: str
    checked: str
    """ISO date."""


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """What a service rents that is no instance type of ours, as it is sized. For Bedrock a stand-in: it does
    not say on what it runs."""

    name: str
    gpu: str
    gpus: int
    vcpus: int
    memory_gib: float


@dataclass(frozen=True, slots=True)
class Architectures:
    """The models that a service takes, where that does not follow from a framework."""

    runs: tuple[str, ...]
    """`model_type` of config.json."""
    only_in: dict[str, tuple[str, ...]]
    """Regions of some of them, without their provider; the others are taken everywhere."""
    context_below: int
    gib_below: float
    """Of the weights."""


@dataclass(frozen=True, slots=True)
class ManagedService:
    """One service."""

    name: Service
    provider: str
    shown: str
    unit_prefix: str
    locations: tuple[str, ...] | None
    """The locations that have it; None: all of its cloud's."""
    elsewhere: str
    """Why it is not in the others."""
    not_rented: tuple[str, ...]
    own_units: tuple[OwnUnit, ...]
    """Empty: it rents our instance types."""
    gpus: tuple[str, ...]
    """Those that a spec can ask it for; empty: none, it chooses itself."""
    most_gpus: int | None
    """Of one replica; None: as many as an instance has."""
    frameworks: tuple[str, ...]
    """Empty: it brings its own server."""
    no_framework: str
    """Why others do not run."""
    features: dict[str, ServiceFact]
    facts: dict[str, ServiceFact]
    """The limits that no spec can change, by their titles."""
    unit_gib: float | None = None
    """Memory that one unit stands for, where a copy takes several; None: a replica is one unit."""
    architectures: Architectures | None = None
    weights_below_gib: float | None = None
    """Of the checkpoint, where it is held in memory; None: it lies on a disk."""
    awake_in: dict[str, str] = field(default_factory=dict)
    """The locations in which it never scales to 0, though it does elsewhere, and why."""

    @property
    def one(self) -> str:
        """Its name with an article."""
        return f"{'an' if self.shown[0] in 'AEIOU' else 'a'} {self.shown}"

    @property
    def is_all_there_is(self) -> bool:
        """Whether its cloud runs replicas in no other way: there are no instances of one's own."""
        return self.provider == "azure"

    @property
    def limits(self) -> tuple[tuple[str, str], ...]:
        """What no spec can change, each with its source."""
        return tuple((fact.text, fact.source) for fact in self.facts.values())

    @property
    def regions(self) -> tuple[str, ...] | None:
        """The regions that have it, as `provider/location`; None: all of its cloud's."""
        if self.locations is None:
            return None
        return tuple(f"{self.provider}/{location}" for location in self.locations)

    def is_in(self, region: str) -> bool:
        """Whether it runs in `provider/location`."""
        provider, _, location = region.partition("/")
        return provider == self.provider and (self.locations is None or location in self.locations)

    def sleeps_in(self, location: str) -> bool:
        """Whether it scales to 0 in a location, `us-east-1`."""
        return self.features["scale-to-zero"].can and location not in self.awake_in

    def unit(self, instance: str) -> str | None:
        """What the service calls an instance type; None where it does not rent it."""
        return None if instance in self.not_rented else f"{self.unit_prefix}{instance}"

    def instance(self, unit: str) -> str:
        """The instance type of a unit."""
        return unit.removeprefix(self.unit_prefix)


@cache
def managed_service(name: Service) -> ManagedService:
    """A service by the name that `managed.service` has for it."""
    row = read_table(_TABLE)[name]
    about, units, frameworks = row["service"], row["units"], row["frameworks"]
    regions, awake = row["regions"], row.get("awake", {})
    return ManagedService(
        name=name,
        provider=about["provider"],
        shown=about["shown"],
        unit_prefix=about["unit_prefix"],
        locations=tuple(regions["only"]) if "only" in regions else None,
        elsewhere=regions.get("because", ""),
        not_rented=tuple(units.get("not_rented", ())),
        own_units=tuple(_own_unit(unit) for unit in units.get("own", ())),
        gpus=tuple(units["gpus"]),
        most_gpus=units.get("most"),
        frameworks=tuple(frameworks["runs"]),
        no_framework=frameworks.get("because", ""),
        features={feature: _fact(cell) for feature, cell in row["features"].items()},
        facts={title: _fact(cell) for title, cell in row["limits"].items()},
        unit_gib=row["per_unit"]["gib"] if "per_unit" in row else None,
        architectures=_architectures(row["architectures"]) if "architectures" in row else None,
        weights_below_gib=units.get("weights_below_gib"),
        awake_in=dict.fromkeys(awake.get("only", ()), awake.get("because", "")),
    )


@cache
def frame_facts(name: Service) -> dict[str, ServiceFact]:
    """What a service is, for tables: its regions, units and frameworks, each in words."""
    service, row = managed_service(name), read_table(_TABLE)[name]
    regions = ", ".join(service.locations) if service.locations else f"all of {service.provider}'s"
    brings = ", ".join(service.frameworks) or service.no_framework
    gpus = ", ".join(service.gpus) or "its own choice"
    most = f", {service.most_gpus} a replica" if service.most_gpus and service.gpus else ""
    words = {"regions": regions, "frameworks": brings, "GPUs": f"{gpus}{most}"}
    keys = {"regions": "regions", "frameworks": "frameworks", "GPUs": "units"}
    if service.architectures is not None:
        words["models"] = ", ".join(service.architectures.runs)
        keys["models"] = "architectures"
    return {
        title: _fact({"what": text, "source": row[keys[title]]["source"]}) for title, text in words.items()
    }


def services_of(provider: str) -> tuple[Service, ...]:
    """The services of a cloud; empty for any other provider."""
    return tuple(name for name in SERVICES if managed_service(name).provider == provider)


def services_that_can(provider: str, feature: str) -> tuple[Service, ...]:
    """Those of a cloud that have a feature of the table."""
    return tuple(name for name in services_of(provider) if managed_service(name).features[feature].can)


def _own_unit(row: dict[str, Any]) -> OwnUnit:
    return OwnUnit(row["unit"], row["gpu"], row["gpus"], row["vcpus"], row["memory_gib"])


def _architectures(row: dict[str, Any]) -> Architectures:
    return Architectures(
        runs=tuple(row["runs"]),
        only_in={name: tuple(where) for name, where in row["only_in"].items()},
        context_below=row["context_below"],
        gib_below=row["gib_below"],
    )


def _fact(row: dict[str, Any]) -> ServiceFact:
    told = read_table(_TABLE)["sources"][row["source"]]
    text = row.get("what", row.get("because", ""))
    return ServiceFact(row.get("can", True), text, told["source"], str(told["checked"]))
