"""SageMaker's runtime: InvokeEndpoint and InvokeEndpointWithResponseStream (botocore, sagemaker-runtime
2017-05-13).
"""

from __future__ import annotations

import json
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services import event_stream
from llmdeploy.infra.simulate.live.services.calls import Call, openai_path
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint
from llmdeploy.infra.simulate.live.services.copies import Copies
from llmdeploy.infra.simulate.live.services.framed import framed
from llmdeploy.infra.simulate.live.services.instances import NoInstance
from llmdeploy.infra.simulate.live.services.refusal import Refusal, amazon
from llmdeploy.infra.simulate.live.services.signature import check_signature
from llmdeploy.serving.gateway.managed import COMPONENT_HEADER

LIMIT_BYTES: Final = 6291456
"""The longest body (botocore, BodyBlob.max)."""
VARIANT: Final = "AllTraffic"
_TIMED_OUT: Final = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency "
    "metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
)
_FAULTS: Final[dict[str, tuple[int, str, str | None]]] = {
    # 400, and no text: opensearch-project/ml-commons#2429.
    "throttled": (400, "ThrottlingException", None),
    "expired": (403, "ExpiredTokenException", "The security token included in the request is expired"),
    "unavailable": (503, "ServiceUnavailable", "The service is currently unavailable."),
    "not-ready": (429, "ModelNotReadyException", "The model is not ready to serve the request."),
}

_OPERATIONS: Final = ("invocations", "invocations-response-stream")


_NO_COPY: Final = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress "
    "(if configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
)
"""Quoted in AWS's machine learning blog of 2024-12, on scaling down to zero."""
_NAMELESS: Final = (
    "Inference Component Name header is required for endpoints to which you plan to deploy inference "
    "components. Please include Inference Component Name header or consider using SageMaker models."
)
"""BerriAI/litellm looks for its beginning; the rest from memory."""
_NAMED: Final = (
    "Inference Component Name header is not allowed for endpoints to which you dont plan to deploy inference "
    "components. Please remove the Inference Component Name header and try again."
)
"""Quoted in the tests of a public client, 2026-11-30."""


async def sagemaker(call: Call, copies: Copies) -> web.StreamResponse:
    """Answer a call of an endpoint, or of the component on it.

    Raises:
        Refusal: as the service refuses.
    """
    if len(call.body) > LIMIT_BYTES:
        # aws/amazon-sagemaker-examples#245, of the time when the limit was lower.
        raise amazon(413, "", f"HTTP content length exceeded {LIMIT_BYTES} bytes.")
    check_signature(call.signed(), call.told.roles, "sagemaker", call.told.location, call.now)
    parts = call.path.split("/")
    if len(parts) != 4 or parts[1] != "endpoints" or parts[3] not in _OPERATIONS:
        raise amazon(404, "UnknownOperationException", None)
    endpoint = call.endpoint(parts[2])
    if endpoint is None:
        account = call.told.account
        raise amazon(400, "ValidationError", f"Endpoint {parts[2]} of account {account} not found.")
    _check_component(call, endpoint)
    if wrong := call.clouds.fault(endpoint, call.told.location):
        raise (
            amazon(*_FAULTS[wrong])
            if wrong in _FAULTS
            else _model_error(call, endpoint, 500, "simulated fault")
        )
    if endpoint.component and not copies.serve(endpoint):
        raise amazon(400, "ValidationError", _NO_COPY)
    try:
        return await _answer(call, endpoint, streamed=parts[3] == _OPERATIONS[1])
    except TimeoutError:
        raise _model_error(call, endpoint, 0, _TIMED_OUT) from None
    except NoInstance:
        raise amazon(*_FAULTS["unavailable"]) from None
    except aiohttp.ClientError as error:
        raise _model_error(call, endpoint, 0, f"connection to the container was lost ({error})") from None


def _check_component(call: Call, endpoint: ServedEndpoint) -> None:
    """Raises Refusal: the component is not named, where there is one; or another is."""
    named = call.request.headers.get(COMPONENT_HEADER, "")
    if named == endpoint.component:
        return
    if not endpoint.component:
        raise amazon(400, "ValidationError", _NAMED)
    if not named:
        raise amazon(400, "ValidationError", _NAMELESS)
    account = call.told.account
    raise amazon(400, "ValidationError", f"Inference Component {named} of account {account} not found.")


async def _answer(call: Call, endpoint: ServedEndpoint, *, streamed: bool) -> web.StreamResponse:
    timeout_s = endpoint.stream_timeout_s if streamed else endpoint.timeout_s
    async with call.instances.asked(
        endpoint, "POST", openai_path(call.body), call.body, _passed(call), timeout_s
    ) as answer:
        response = answer.response
        if response.status >= 400:
            text = (await response.read()).decode(errors="replace")
            raise _model_error(call, endpoint, response.status, text)
        marks = {"x-amzn-invoked-production-variant": VARIANT, **call.marks(endpoint, answer.instance)}
        if not streamed:
            kind = {"content-type": response.headers.get("content-type", "application/json")}
            return web.Response(body=await response.read(), headers=kind | marks)
        headers = {
            "content-type": event_stream.CONTENT_TYPE,
            "x-amzn-sagemaker-content-type": response.headers.get("content-type", ""),
        }
        return await framed(call.request, headers | marks, response.content.iter_any(), _frames, _broken)


def _frames(chunk: bytes) -> bytes:
    """A part need not end where an event does (SageMaker developer guide, realtime-endpoints-test-endpoints),
    so here none does.
    """
    middle = len(chunk) // 2
    return b"".join(
        event_stream.event("PayloadPart", part, "application/octet-stream")
        for part in (chunk[:middle], chunk[middle:])
        if part
    )


def _broken(error: Exception) -> bytes:
    code = "ModelInvocationTimeExceeded" if isinstance(error, TimeoutError) else "StreamBroken"
    said = {"ErrorCode": code, "Message": "The stream of the model's container has ended before its end."}
    return event_stream.failure("ModelStreamError", json.dumps(said).encode())


def _model_error(call: Call, endpoint: ServedEndpoint, status: int, text: str) -> Refusal:
    who = "client" if 400 <= status < 500 else "server"
    return amazon(
        424,
        "ModelError",
        f'Received {who} error ({status}) from primary with message "{text}". '
        f"See CloudWatch logs of {endpoint.name} in account {call.told.account} for more information.",
        ErrorCode="CLIENT_ERROR_FROM_MODEL" if who == "client" else "SERVER_ERROR_FROM_MODEL",
        LogStreamArn=f"arn:aws:logs:{call.told.location}:{call.told.account}:log-group:{_log_group(endpoint)}",
        OriginalMessage=text,
        OriginalStatusCode=status,
    )


def _log_group(endpoint: ServedEndpoint) -> str:
    if endpoint.component:
        return f"/aws/sagemaker/InferenceComponents/{endpoint.component}"
    return f"/aws/sagemaker/Endpoints/{endpoint.name}"


def _passed(call: Call) -> dict[str, str]:
    """The service strips all other headers."""
    return {"content-type": call.request.headers.get("content-type", "application/json")}
