"""Bedrock's runtime for imported models: InvokeModel and InvokeModelWithResponseStream (botocore,
bedrock-runtime 2023-09-30).
"""

from __future__ import annotations

import base64
import json
import time
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services import event_stream
from llmdeploy.infra.simulate.live.services.calls import Call, openai_path, segments
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint
from llmdeploy.infra.simulate.live.services.framed import framed
from llmdeploy.infra.simulate.live.services.instances import NoInstance
from llmdeploy.infra.simulate.live.services.refusal import amazon
from llmdeploy.infra.simulate.live.services.signature import check_signature

LIMIT_BYTES: Final = 25_000_000
"""The longest body (botocore, Body.max)."""
_FAULTS: Final[dict[str, tuple[int, str, str]]] = {
    "throttled": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "expired": (403, "ExpiredTokenException", "The security token included in the request is expired"),
    "unavailable": (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
    "not-ready": (
        429,
        "ModelNotReadyException",
        "Model is not ready for inference. Please wait and try your request again.",
    ),
    "model-error": (424, "ModelErrorException", "simulated fault"),
}
_OPERATIONS: Final = ("invoke", "invoke-with-response-stream")


class Sleep:
    """Which models are awake: one that nobody has asked for a while has to be loaded again."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._ready: dict[str, float] = {}

    def is_awake(self, endpoint: ServedEndpoint) -> bool:
        """Whether it answers now; the question wakes it."""
        if not endpoint.idle_s:
            return True
        now = time.monotonic()
        last = self._asked.get(endpoint.name)
        if last is None or now - last > endpoint.idle_s:
            self._ready[endpoint.name] = now + endpoint.wake_s
        self._asked[endpoint.name] = now
        return now >= self._ready[endpoint.name]


async def bedrock(call: Call, sleep: Sleep) -> web.StreamResponse:
    """Answer a call of an imported model.

    Raises:
        Refusal: as the service refuses.
    """
    if len(call.body) > LIMIT_BYTES:
        raise amazon(400, "ValidationException", f"Request body exceeds {LIMIT_BYTES} bytes.")
    check_signature(call.signed(), call.told.roles, "bedrock", call.told.location, call.now)
    parts = segments(call.path)
    if len(parts) != 3 or parts[0] != "model" or parts[2] not in _OPERATIONS:
        raise amazon(404, "UnknownOperationException", None)
    endpoint = call.endpoint(parts[1])
    if endpoint is None:
        raise amazon(404, "ResourceNotFoundException", f"The provided model {parts[1]} is not found.")
    if wrong := call.clouds.fault(endpoint, call.told.location):
        raise amazon(*_FAULTS[wrong])
    if not sleep.is_awake(endpoint):
        raise amazon(*_FAULTS["not-ready"])
    streamed = parts[2] == _OPERATIONS[1]
    try:
        return await _answer(call, endpoint, streamed)
    except TimeoutError:
        raise amazon(408, "ModelTimeoutException", "Model has timed out in processing the request.") from None
    except NoInstance:
        raise amazon(*_FAULTS["unavailable"]) from None
    except aiohttp.ClientError:
        raise amazon(500, "InternalServerException", "The model was lost.") from None


async def _answer(call: Call, endpoint: ServedEndpoint, streamed: bool) -> web.StreamResponse:
    kind = {"content-type": "application/json"}
    timeout_s = endpoint.stream_timeout_s if streamed else endpoint.timeout_s
    async with call.instances.asked(
        endpoint, "POST", openai_path(call.body), call.body, kind, timeout_s
    ) as answer:
        marks = call.marks(endpoint, answer.instance)
        status = answer.response.status
        if status >= 400:
            text = (await answer.response.read()).decode(errors="replace")
            if status < 500:
                raise amazon(400, "ValidationException", text)
            raise amazon(
                424, "ModelErrorException", text, originalStatusCode=status, resourceName=endpoint.name
            )
        if not streamed:
            return web.Response(body=await answer.response.read(), headers=kind | marks)
        headers = {
            "content-type": event_stream.CONTENT_TYPE,
            "x-amzn-bedrock-content-type": "application/json",
        }
        chunks = answer.response.content.iter_any()
        return await framed(call.request, headers | marks, chunks, _Events().frames, _broken)


class _Events:
    """Server-sent events as chunks: the JSON of each, and nothing for what ends them."""

    def __init__(self) -> None:
        self._left = b""

    def frames(self, chunk: bytes) -> bytes:
        *whole, self._left = (self._left + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        found = [line[5:].strip() for event in whole for line in event.split(b"\n") if line[:5] == b"data:"]
        return b"".join(_chunk(data) for data in found if data and data != b"[DONE]")


def _chunk(data: bytes) -> bytes:
    payload = json.dumps({"bytes": base64.b64encode(data).decode()})
    return event_stream.event("chunk", payload.encode(), "application/json")


def _broken(error: Exception) -> bytes:
    timed_out = isinstance(error, TimeoutError)
    kind = "modelTimeoutException" if timed_out else "modelStreamErrorException"
    return event_stream.failure(
        kind, json.dumps({"message": "The stream has ended before its end."}).encode()
    )
