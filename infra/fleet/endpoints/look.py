"""What a service tells of an endpoint, whichever service it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from llmdeploy.infra.fleet.client import VersionLook
from llmdeploy.infra.fleet.inventory.instances import IN_SERVICE, CloudInstance, Inventory
from llmdeploy.serving.spec.managed import Service


class EndpointFacts(BaseModel):
    """One endpoint, as the stack's outputs name it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: Service
    endpoint: str
    """SageMaker: its name; Bedrock: the ARN of the imported model; Vertex AI and Cloud Run: the whole name of
    the resource, `projects/…`; Azure ML: the id of the deployment."""
    variant: str = ""
    """SageMaker: the production variant."""
    component: str = ""
    """SageMaker: the inference component whose copies are the replicas; empty where instances are."""
    unit: str = ""
    """What is rented: `ml.g6.2xlarge`."""
    least: int = 1
    """Replicas at least."""

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> EndpointFacts | None:
        """The endpoint of a version; None where its replicas are instances of one's own."""
        try:
            return cls.model_validate(dict(facts)) if "endpoint" in facts else None
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class EndpointLook:
    """An endpoint at one moment.

    Args:
        running: replicas that it has. A service that does not tell has its least while it serves.
        serves: whether it answers requests.
        trouble: why it does not, in the service's own words.
        created: seconds since the epoch; None where that is not told.
    """

    running: int
    wanted: int
    serves: bool
    trouble: str = ""
    created: float | None = None

    @property
    def version(self) -> VersionLook:
        """It as a version of a region's replicas."""
        return VersionLook(self.running, self.running if self.serves else 0, trouble=self.trouble)

    def inventory(self, facts: EndpointFacts) -> Inventory:
        """Its replicas one by one; none of them has a name of its own."""
        state = IN_SERVICE if self.serves else self.trouble or "starting"
        name = facts.endpoint.rpartition("/")[2]
        return Inventory(
            wanted=self.wanted,
            instances=tuple(
                CloudInstance(f"{name} {index}", "", facts.unit, "on-demand", state, self.created)
                for index in range(self.running)
            ),
        )


def missing(facts: EndpointFacts) -> EndpointLook:
    """Of an endpoint that is not there."""
    return _missing(facts, f"endpoint {facts.endpoint}")


def missing_component(facts: EndpointFacts) -> EndpointLook:
    """Of an endpoint without the component that is to host its model."""
    return _missing(facts, f"inference component {facts.component}")


def _missing(facts: EndpointFacts, what: str) -> EndpointLook:
    return EndpointLook(0, facts.least, serves=False, trouble=f"there is no {what}")
