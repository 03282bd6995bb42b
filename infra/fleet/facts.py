"""What a stack's outputs say of a region: where to look for its fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts
from llmdeploy.serving.errors import LlmdeployError


class FactsUnusable(LlmdeployError):
    """The stack's outputs do not say where the fleet is."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"the stack's outputs do not say where its fleet is ({missing})",
            "run `llmdeploy up` again: it writes them anew",
        )


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _VersionFacts(_Facts):
    endpoint: EndpointFacts | None = None
    """Of a version that its cloud's own service runs; the other fields are empty then."""

    @model_validator(mode="before")
    @classmethod
    def _of_endpoint(cls, given: Any) -> Any:
        found = EndpointFacts.of(given)
        return {"groups": (), cls.balanced: "", **given, "endpoint": found} if found else given

    balanced: ClassVar[str]
    """The field that names what sends requests to instances."""


class AwsVersionFacts(_VersionFacts):
    """One version of the replicas of a region of AWS."""

    balanced: ClassVar[str] = "target_group"

    groups: tuple[str, ...]
    """Names of Auto Scaling groups, the fallback's last."""
    target_group: str
    """ARN, of the replicas."""
    checked_group: str = ""
    """ARN, of the same replicas as the gateways' health checks ask them; empty in stacks older than it."""


class AwsFleetFacts(AwsVersionFacts):
    """A region of AWS, with its own version."""

    beside: AwsVersionFacts | None = None
    """The other version, in the middle of a rollout."""
    gateway_target_group: str | None = None
    """ARN, of the gateways."""
    gateway_service: str | None = None
    """ARN of the ECS service."""


class GcpVersionFacts(_VersionFacts):
    """One version of the replicas of a region of Google Cloud."""

    balanced: ClassVar[str] = "backend"

    groups: tuple[str, ...]
    """Names of managed instance groups, the fallback's last."""
    backend: str
    """Name of the regional backend service before the replicas."""


class GcpFleetFacts(GcpVersionFacts):
    """A region of Google Cloud, with its own version."""

    project: str
    beside: GcpVersionFacts | None = None
    """The other version, in the middle of a rollout."""
    gateway_group: str | None = None
    """Self link of the gateways' instance group."""


FactsT = TypeVar("FactsT", bound=_Facts)


def read_facts(kind: type[FactsT], facts: Mapping[str, Any]) -> FactsT:
    """The facts, checked. Raises FactsUnusable: some are missing."""
    try:
        return kind.model_validate(dict(facts))
    except ValidationError as error:
        raise FactsUnusable(", ".join(str(each["loc"][0]) for each in error.errors())) from error


def read_endpoint(facts: Mapping[str, Any]) -> EndpointFacts:
    """Where nothing but endpoints can be. Raises FactsUnusable: the facts name none."""
    found = EndpointFacts.of(facts)
    if found is None:
        raise FactsUnusable("endpoint")
    return found
