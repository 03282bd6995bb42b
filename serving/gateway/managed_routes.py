"""Which of a service's paths each of OpenAI's becomes, and what a relay answers itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from llmdeploy.serving.gateway.managed import COMPONENT_HEADER, ManagedEndpoint
from llmdeploy.serving.gateway.managed_filters import title
from llmdeploy.serving.gateway.routes import API, REQUEST_METADATA
from llmdeploy.serving.gateway.typed import Config, seconds
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.spec.managed import Service

MODELS = "/v1/models"
GENERATION = ("/v1/chat/completions", "/v1/completions")
"""What Amazon's services can be asked: one path of theirs for both, and the model's server looks at the
body."""
INVOKED: dict[Service, tuple[str, str]] = {
    "sagemaker": ("/invocations", "/invocations-response-stream"),
    "bedrock": ("/invoke", "/invoke-with-response-stream"),
}
"""For a whole answer and for a stream (botocore's models of sagemaker-runtime and bedrock-runtime)."""

POST_ALONE: frozenset[Service] = frozenset({"vertex", "azure-ml"})
"""Those that hand on what the container has under /v1, as far as it is asked with a body."""
DEPLOYMENT_HEADER = "azureml-model-deployment"
"""Leads a request of an online endpoint to one of its deployments, whatever the endpoint's own traffic rules
say (azure/machine-learning/how-to-safely-rollout-online-endpoints; Azure's own examples of clients)."""


def managed_routes(
    name: str, endpoint: ManagedEndpoint, gateway: GatewayPlan, filters: Sequence[Config]
) -> Config:
    """The routes of a relay, the first that matches wins.

    Args:
        name: the relay's, and its cluster's.
        filters: those of `managed_filters`, which are off where the relay answers itself.
    """
    off = {
        each["name"]: {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "disabled": True}
        for each in filters
    }
    onward = {
        "cluster": name,
        "timeout": seconds(gateway.request_timeout_s),
        "host_rewrite_literal": endpoint.host,
    }
    asked = [{**route, **_named(endpoint)} for route in _forwarded(endpoint, onward)]
    routes = [*asked, *_answered(endpoint, gateway, off)]
    return {
        "name": name,
        # As in other relays: a listener that comes before its cluster must not be rejected.
        "validate_clusters": False,
        "virtual_hosts": [{"name": name, "domains": ["*"], "routes": routes}],
    }


def _forwarded(endpoint: ManagedEndpoint, onward: Config) -> Iterator[Config]:
    post = {"name": ":method", "string_match": {"exact": "POST"}}
    if endpoint.service in INVOKED:
        whole, stream = INVOKED[endpoint.service]
        streaming = {"filter": REQUEST_METADATA, "path": [{"key": "stream"}], "value": {"bool_match": True}}
        for path in GENERATION:
            match = {"path": path, "headers": [post]}
            to_stream = {**onward, "prefix_rewrite": f"{endpoint.path}{stream}"}
            yield {"match": {**match, "dynamic_metadata": [streaming]}, "route": to_stream}
            yield {"match": match, "route": {**onward, "prefix_rewrite": f"{endpoint.path}{whole}"}}
        return
    match = {"prefix": API, "headers": [post]} if endpoint.service in POST_ALONE else {"prefix": API}
    yield {"match": match, "route": {**onward, "prefix_rewrite": f"{endpoint.path}{API}"}}


def _named(endpoint: ManagedEndpoint) -> Config:
    """Which of several behind one address is asked. Written by the route, as what a client says of it was
    dropped before.
    """
    told = {COMPONENT_HEADER: endpoint.component, DEPLOYMENT_HEADER: endpoint.deployment}
    added = [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in told.items()
        if value
    ]
    return {"request_headers_to_add": added} if added else {}


def _answered(endpoint: ManagedEndpoint, gateway: GatewayPlan, off: Config) -> Iterator[Config]:
    get = {"name": ":method", "string_match": {"exact": "GET"}}
    model = {"id": endpoint.model, "object": "model", "created": 0, "owned_by": "llmdeploy"}
    listed = {"object": "list", "data": [model]}
    yield _answer({"path": MODELS, "headers": [get]}, 200, listed, off)
    if endpoint.probe_s == 0:
        yield _answer({"path": gateway.health.path}, 200, {"status": "not probed"}, off)
    only = " and ".join(GENERATION) if endpoint.service in INVOKED else "POST requests"
    error = {
        "message": f"{title(endpoint)} serves {only} alone",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_served_here",
    }
    yield _answer({"prefix": "/"}, 404, {"error": error}, off)


def _answer(match: Config, status: int, body: object, off: Config) -> Config:
    json_type = {"key": "content-type", "value": "application/json"}
    return {
        "match": match,
        "direct_response": {"status": status, "body": {"inline_string": json.dumps(body)}},
        "response_headers_to_add": [{"header": json_type, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}],
        "typed_per_filter_config": off,
    }
