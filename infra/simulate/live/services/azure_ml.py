"""The front of Azure ML's online endpoints: it asks for the endpoint's key, chooses a deployment by a header,
and says of what a container refuses that the model is to blame.

Sources: azure/machine-learning/how-to-troubleshoot-online-endpoints, "HTTP status codes", and
how-to-authenticate-online-endpoint; written down 2026-11-30.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services.calls import Call
from llmdeploy.infra.simulate.live.services.handed_on import handed_on
from llmdeploy.infra.simulate.live.services.instances import NoInstance
from llmdeploy.infra.simulate.live.services.refusal import Refusal
from llmdeploy.serving.gateway.managed_routes import DEPLOYMENT_HEADER

LIMIT_BYTES: Final = 1_500_000
"""The longest body of a request."""
_STATUS: Final = "ms-azureml-model-error-statuscode"
_REASON: Final = "ms-azureml-model-error-reason"
_FAULTS: Final[Mapping[str, tuple[int, str]]] = {
    "throttled": (429, "Too many pending requests"),
    "unavailable": (503, "Service unavailable"),
    "not-ready": (503, "Service unavailable"),
    "expired": (401, "key_auth_access_denied"),
}


async def azure_ml(call: Call) -> web.StreamResponse:
    """Answer a call of an endpoint.

    Raises:
        Refusal: as the endpoint's front refuses.
    """
    if len(call.body) > LIMIT_BYTES:
        raise _refused(413, "Payload too large")
    name = call.request.headers.get(DEPLOYMENT_HEADER, "")
    endpoint = call.endpoint(name)
    keys = call.clouds.keys(endpoint) if endpoint else call.known_keys()
    if not any(hmac.compare_digest(call.bearer.encode(), key.encode()) for key in keys):
        raise _refused(401, "key_auth_bad_header_forbidden")
    if endpoint is None:
        raise _refused(
            404, "No valid deployments to route to. Please check that the endpoint has at least one."
        )
    if wrong := call.clouds.fault(endpoint, call.told.location):
        if wrong == "model-error":
            raise _refused(424, "simulated fault", {_STATUS: "500", _REASON: "model_error"})
        raise _refused(*_FAULTS[wrong])
    try:
        return await handed_on(call, endpoint, call.path, _blamed)
    except TimeoutError:
        raise _refused(408, "Request timeout") from None
    except (NoInstance, aiohttp.ClientError):
        raise _refused(503, "Service unavailable") from None


def _blamed(status: int) -> tuple[int, Mapping[str, str]]:
    """What is no success of the container comes as 424."""
    if status == 200:
        return status, {}
    return 424, {_STATUS: str(status), _REASON: "model_error"}


def _refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> Refusal:
    body = json.dumps({"error": {"code": str(status), "message": message}})
    return Refusal(status, body, {"content-type": "application/json", **(headers or {})})
