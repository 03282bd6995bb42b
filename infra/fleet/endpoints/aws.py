"""SageMaker's endpoints and Bedrock's imported models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook, missing, missing_component
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
    if facts.component and status in _SERVING:
        return _component(sagemaker, facts)
    return EndpointLook(
        running=sum(each.get("CurrentInstanceCount", 0) for each in variants),
        wanted=sum(each.get("DesiredInstanceCount", 0) for each in variants),
        serves=status in _SERVING,
        trouble="" if status in _SERVING else _trouble(status, found.get("FailureReason", "")),
        created=found["CreationTime"].timestamp(),
    )


def _component(sagemaker: Any, facts: EndpointFacts) -> EndpointLook:
    """Copies, which may be none while nobody asks: an endpoint that sleeps serves, as asking wakes it."""
    with asking("sagemaker:DescribeInferenceComponent"):
        try:
            found = sagemaker.describe_inference_component(InferenceComponentName=facts.component)
        except sagemaker.exceptions.ClientError as error:
            if _is_missing(error):
                return missing_component(facts)
            raise
    copies, status = found.get("RuntimeConfig", {}), found["InferenceComponentStatus"]
    serves = status in _SERVING
    return EndpointLook(
        running=copies.get("CurrentCopyCount", 0),
        wanted=copies.get("DesiredCopyCount", 0),
        serves=serves,
        trouble="" if serves else _trouble(status, found.get("FailureReason", "")),
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
