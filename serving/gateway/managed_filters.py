"""What happens to a request between a managed endpoint's relay and its route, and to the answer on its way
back.

- Headers that the service must not get, or would take for its own, are dropped.
- `stream` is read from the body (`stream_flag`): Amazon's services have a path of its own for it.
- Errors: what the gateway or the service is to blame for becomes 503, which the chains try elsewhere; what
  the model has answered is given back as the model's.
- Amazon's event streams become server-sent events again.
"""

from __future__ import annotations

from llmdeploy.serving.gateway.bearer import bearer_filter
from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.gateway.managed_signing import SIGNING_NAMES
from llmdeploy.serving.gateway.managed_tokens import token_for
from llmdeploy.serving.gateway.scripts import lua
from llmdeploy.serving.gateway.stream_flag import stream_flag
from llmdeploy.serving.gateway.typed import Config, extension
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Slot
from llmdeploy.serving.spec.managed import Service

ERRORS = "llmdeploy.errors"
EVENT_STREAM = "llmdeploy.event_stream"
SHOWN: dict[Service, str] = {
    "sagemaker": "SageMaker endpoint",
    "bedrock": "Bedrock model",
    "vertex": "Vertex AI endpoint",
    "cloud-run": "Cloud Run service",
    "azure-ml": "Azure ML endpoint",
}
AWAKE_AFTER_S = 60
"""What a client is told to wait for an endpoint that was asleep. It takes minutes, but OpenAI's clients wait
for no longer (openai-python, `_calculate_retry_timeout`: what is told is taken up to 60 s)."""
DROPPED_PREFIXES = ("x-amz", "x-goog-", "x-llmdeploy-", "x-envoy-", "x-forwarded-for")
"""The first two would steer the service, the others are between gateways."""
STEERING: dict[Service, str] = {"azure-ml": "azureml-"}
"""What the headers begin with that would steer a service of another cloud."""
ERROR_SCRIPTS: dict[Service, str] = {"azure-ml": "azure_errors"}
"""Of the services that are asked with a token; the others' are Google's."""
DROPPED = ("authorization", "cookie", "accept-encoding")
"""The last: an error that comes compressed could not be read."""


def title(endpoint: ManagedEndpoint) -> str:
    """How errors name it. Its name and account are no client's business."""
    return f"the {SHOWN[endpoint.service]} of {endpoint.model} in {endpoint.location}"


def managed_filters(
    endpoint: ManagedEndpoint, slot: Slot, gateway: GatewayPlan, directory: str
) -> list[Config]:
    """The filters before the router."""
    constants = {"ENDPOINT": title(endpoint), "RETRY_AFTER": str(gateway.overload.retry_after_s)}
    errors: tuple[str, ...] = ("json", "openai_error", "aws_errors")
    waking: dict[str, str] = {}
    if endpoint.component:
        errors, waking = (*errors, "asleep"), {"AWAKE_AFTER": str(AWAKE_AFTER_S)}
    if endpoint.service in SIGNING_NAMES:
        events = {"bedrock": ("json", "openai_error", "base64", "bedrock_events", "event_stream")}
        sagemaker = ("json", "openai_error", "sagemaker_events", "event_stream")
        return [
            _without_headers(endpoint.service),
            stream_flag(),
            lua(ERRORS, errors, constants | waking),
            lua(EVENT_STREAM, events.get(endpoint.service, sagemaker), constants),
        ]
    token = token_for(endpoint, slot)
    return [
        _without_headers(endpoint.service),
        lua(
            ERRORS,
            ("json", "openai_error", ERROR_SCRIPTS.get(endpoint.service, "google_errors")),
            constants,
        ),
        *([bearer_filter(token.name, directory, token.file)] if token else []),
    ]


def _without_headers(service: Service) -> Config:
    prefixes = (*DROPPED_PREFIXES, STEERING[service]) if service in STEERING else DROPPED_PREFIXES
    removed: list[Config] = [
        *({"remove_on_match": {"key_matcher": {"prefix": prefix}}} for prefix in prefixes),
        *({"remove": name} for name in DROPPED),
    ]
    return extension(
        "envoy.filters.http.header_mutation",
        "extensions.filters.http.header_mutation.v3.HeaderMutation",
        mutations={"request_mutations": removed},
    )
