"""SageMaker's endpoints and Bedrock's imported models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing
from llmdeploy.infra.preflight.clouds.aws import Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking

_SERVING: Final = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack"})
"""EndpointStatus (sagemaker, DescribeEndpoint): an update leaves the old fleet at work until it is done."""


def look_at(client: Client, location: str, facts: EndpointFacts) -> EndpointLook:
    """The endpoint as its service tells of it."""
    if facts.service == "bedrock":
        return _imported(client, location, facts)
    return _sagemaker(client, location, facts)


def _sagemaker(client: Client, location: str, facts: EndpointFacts) -> EndpointLook:
    sagemaker = client("sagemaker", location)
    with asking("sagemaker:DescribeEndpoint"):
        try:
            found = sagemaker.describe_endpoint(EndpointName=facts.endpoint)
        except sagemaker.exceptions.ClientError as error:
            if _is_missing(error):
                return missing(facts)
            raise
    variants = found.get("ProductionVariants", ())
    status = found["EndpointStatus"]
    return EndpointLook(
        running=sum(each.get("CurrentInstanceCount", 0) for each in variants),
        wanted=sum(each.get("DesiredInstanceCount", 0) for each in variants),
        serves=status in _SERVING,
        trouble="" if status in _SERVING else _trouble(status, found.get("FailureReason", "")),
        created=found["CreationTime"].timestamp(),
    )


def _imported(client: Client, location: str, facts: EndpointFacts) -> EndpointLook:
    """Copies come and go as they are asked; nobody tells how many there are."""
    bedrock = client("bedrock", location)
    with asking("bedrock:GetImportedModel"):
        try:
            found = bedrock.get_imported_model(modelIdentifier=facts.endpoint)
        except bedrock.exceptions.ResourceNotFoundException:
            return missing(facts)
    return EndpointLook(facts.least, facts.least, serves=True, created=found["creationTime"].timestamp())


def _is_missing(error: Any) -> bool:
    """SageMaker has no error of its own for what is not there (DescribeEndpoint, ValidationException)."""
    told: Mapping[str, str] = error.response.get("Error", {})
    return told.get("Code") == "ValidationException" and "Could not find" in told.get("Message", "")


def _trouble(status: str, reason: str) -> str:
    return f"the endpoint is {status}{': ' if reason else ''}{' '.join(reason.split())}"
