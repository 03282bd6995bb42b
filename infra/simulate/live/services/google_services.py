"""Google's runtimes: a dedicated endpoint of Vertex AI, and a service of Cloud Run. Both hand on what the
container says.
"""

from __future__ import annotations

import re
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services.calls import Call
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint
from llmdeploy.infra.simulate.live.services.handed_on import handed_on
from llmdeploy.infra.simulate.live.services.instances import NoInstance
from llmdeploy.infra.simulate.live.services.refusal import Refusal, google, page
from llmdeploy.infra.simulate.live.services.tokens import BadToken

VERTEX_LIMIT_BYTES: Final = 10 * 1000 * 1000
"""The longest body of a dedicated endpoint (vertex-ai/docs/predictions/using-dedicated-endpoints)."""
RUN_LIMIT_BYTES: Final = 32 * 1024 * 1024
"""The longest body over HTTP/1 (run/quotas, request limits)."""
_INVOKE: Final = re.compile(
    r"/v1(?:beta1)?/(?P<resource>projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/"
    r"endpoints/(?P<endpoint>[^/]+))/invoke(?P<rest>/.*)$"
)
_VERTEX_FAULTS: Final[dict[str, tuple[int, str, str]]] = {
    "throttled": (429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later."),
    "unavailable": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "not-ready": (503, "UNAVAILABLE", "The model is not ready."),
    "model-error": (500, "INTERNAL", "simulated fault"),
}


async def vertex(call: Call) -> web.StreamResponse:
    """Answer a call of a dedicated endpoint by its route to any path of the container (`invokeRoutePrefix`).

    Raises:
        Refusal: as the service refuses.
    """
    if len(call.body) > VERTEX_LIMIT_BYTES:
        raise google(
            400, "INVALID_ARGUMENT", f"Request payload size exceeds the limit: {VERTEX_LIMIT_BYTES} bytes."
        )
    _check_access(call)
    found = _INVOKE.match(call.path)
    if found is None:
        raise google(404, "NOT_FOUND", "The requested URL was not found on this server.")
    endpoint = call.endpoint(found["endpoint"])
    if endpoint is None or not call.path.startswith(f"{endpoint.path}/"):
        # The text is the real one's (BerriAI/litellm#8597), for what is not there as for what is not yours.
        raise google(
            403,
            "PERMISSION_DENIED",
            "Permission 'aiplatform.endpoints.predict' denied on resource "
            f"'//aiplatform.googleapis.com/{found['resource']}' (or it may not exist).",
            "IAM_PERMISSION_DENIED",
        )
    if wrong := call.clouds.fault(endpoint, call.told.location):
        raise _unauthenticated(expired=True) if wrong == "expired" else google(*_VERTEX_FAULTS[wrong])
    try:
        return await handed_on(call, endpoint, found["rest"])
    except TimeoutError:
        raise google(504, "DEADLINE_EXCEEDED", "Deadline exceeded.") from None
    except (NoInstance, aiohttp.ClientError):
        raise google(*_VERTEX_FAULTS["unavailable"]) from None


async def cloud_run(call: Call, endpoint: ServedEndpoint) -> web.StreamResponse:
    """Answer a call of a service that asks for an identity token made for it.

    Raises:
        Refusal: as the service's front refuses.
    """
    if len(call.body) > RUN_LIMIT_BYTES:
        raise page(413, "Request Entity Too Large", call.path)
    if not call.bearer:
        raise page(403, "Forbidden", call.path)
    wrong = call.clouds.fault(endpoint, call.told.location)
    try:
        call.tokens.check(call.bearer, f"https://{endpoint.host}", call.now.timestamp())
        if wrong == "expired":
            raise BadToken(expired=True)
    except BadToken:
        raise page(401, "Unauthorized", call.path, "The access token could not be verified") from None
    if wrong == "throttled":
        raise Refusal(429, "Rate exceeded.", {"content-type": "text/plain"})
    if wrong or not call.clouds.has(endpoint):
        raise Refusal(503, "Service Unavailable", {"content-type": "text/plain"})
    try:
        return await handed_on(call, endpoint, call.path)
    except TimeoutError:
        raise Refusal(504, "upstream request timeout", {"content-type": "text/plain"}) from None
    except (NoInstance, aiohttp.ClientError):
        raise Refusal(503, "Service Unavailable", {"content-type": "text/plain"}) from None


def _check_access(call: Call) -> None:
    if not call.bearer:
        raise google(
            401,
            "UNAUTHENTICATED",
            "Request is missing required authentication credential. Expected OAuth 2 access token, login "
            "cookie or other valid authentication credential. See "
            "https://developers.google.com/identity/sign-in/web/devconsole-project.",
            "CREDENTIALS_MISSING",
        )
    try:
        call.tokens.check(call.bearer, now=call.now.timestamp())
    except BadToken as bad:
        raise _unauthenticated(expired=bad.expired) from None


def _unauthenticated(*, expired: bool) -> Refusal:
    return google(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "ACCESS_TOKEN_EXPIRED" if expired else "ACCESS_TOKEN_TYPE_UNSUPPORTED",
    )
