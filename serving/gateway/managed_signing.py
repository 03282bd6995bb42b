"""Requests to Amazon's services are signed (SigV4) by Envoy, with the credentials of the gateway's own task.

The signature covers method, host, path and body as they are sent, so it is made last: by a filter of the
cluster, after the route has written path and host. Of the headers it covers those that nobody changes later.
Without credentials requests go unsigned, and the service's refusal is 503.
"""

from __future__ import annotations

from llmdeploy.serving.gateway.managed import COMPONENT_HEADER, ManagedEndpoint
from llmdeploy.serving.gateway.typed import Config, extension
from llmdeploy.serving.spec.managed import Service

SIGNING_NAMES: dict[Service, str] = {"sagemaker": "sagemaker", "bedrock": "bedrock"}
"""What the signature is for (`signingName` in botocore's models of sagemaker-runtime and bedrock-runtime); a
service that is not here wants a token."""


def _signed(endpoint: ManagedEndpoint) -> tuple[str, ...]:
    """Headers that nobody changes later, besides those of AWS's own."""
    return ("content-type", *((COMPONENT_HEADER,) if endpoint.component else ()))


def signing_filters(endpoint: ManagedEndpoint) -> list[Config]:
    """The filters of the cluster; none where requests are not signed."""
    if endpoint.service not in SIGNING_NAMES:
        return []
    return [
        extension(
            "envoy.filters.http.aws_request_signing",
            "extensions.filters.http.aws_request_signing.v3.AwsRequestSigning",
            service_name=SIGNING_NAMES[endpoint.service],
            region=endpoint.location,
            match_included_headers=[{"exact": name} for name in _signed(endpoint)],
            # Those of an ECS task, or the environment's. By default Envoy also reads files and asks for those
            # of the machine that it runs on, which are not meant for it.
            credential_provider={
                "custom_credential_provider_chain": True,
                "environment_credential_provider": {},
                "container_credential_provider": {},
            },
        ),
        extension(
            "envoy.filters.http.upstream_codec", "extensions.filters.http.upstream_codec.v3.UpstreamCodec"
        ),
    ]
