"""What services that take no signatures are asked with, each in a watched file.

Google's tokens last an hour, so whoever runs beside the gateway renews them; while there is none, the service
refuses and the region counts as lost. The key of Azure ML's endpoints lasts: it is filled in as the others of
the deployment's keys are.
"""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.plan.model import Slot

ACCESS_TOKEN_FILE = "access-token.yaml"  # noqa: S105 - the name of a file
"""The OAuth access token of the gateway's own service account, for Vertex AI."""

AZURE_KEY_FILE = "azure-key.yaml"
"""The key of the deployment's online endpoints, for Azure ML."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where a token stands: `name` is the secret's in Envoy."""

    name: str
    file: str


def identity_token_file(slot: Slot) -> str:
    """The ID token for the Cloud Run service of a slot: its audience is that service's address."""
    return f"identity-token.{slot}.yaml"


def token_for(endpoint: ManagedEndpoint, slot: Slot) -> Token | None:
    """The token that an endpoint asks for; None where requests are signed."""
    if endpoint.service == "vertex":
        return Token("llmdeploy.access_token", ACCESS_TOKEN_FILE)
    if endpoint.service == "cloud-run":
        return Token(f"llmdeploy.identity_token.{slot}", identity_token_file(slot))
    if endpoint.service == "azure-ml":
        return Token("llmdeploy.azure_key", AZURE_KEY_FILE)
    return None
