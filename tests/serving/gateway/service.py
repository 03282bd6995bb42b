"""A cloud's managed endpoint as the gateway meets it: SageMaker, Bedrock, Vertex AI, Cloud Run or Azure ML,
simulated for tests, with its own way of knowing who asks, of framing answers and of refusing. A process that
tests stop.

    python service.py KIND PORT HOST CERTIFICATE PRIVATE_KEY FOLDER

The body of a request sets the model's answer, as for replica.py; `fail_after` breaks a stream after so many
tokens, `end_after` ends it within a frame, `cut` sends it in pieces of these sizes. What FOLDER/fault says
holds for every request: `deleted`, `throttled`, `expired`, `hanging`. The token that Google's services take
is in FOLDER/token.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from aiohttp import web
from tests.serving.gateway.event_stream import cut, event, failure
from tests.serving.gateway.sigv4 import Signed, refusal

ACCOUNT = "111122223333"
SAGEMAKER_PATH = "/endpoints/chat-blue"
BEDROCK_PATH = f"/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A{ACCOUNT}%3Aimported-model%2Fq7x"
VERTEX_PATH = "/v1/projects/p/locations/us-east-1/endpoints/7/invoke"
PATHS = {
    "sagemaker": SAGEMAKER_PATH,
    "bedrock": BEDROCK_PATH,
    "vertex": VERTEX_PATH,
    "cloud-run": "",
    "azure-ml": "",
}
STREAM_TYPE = "application/vnd.amazon.eventstream"


@dataclass
class Service:
    kind: str
    host: str
    folder: Path

    @property
    def fault(self) -> str:
        return self._text("fault")

    @property
    def token(self) -> str:
        return self._text("token")

    def _text(self, name: str) -> str:
        with suppress(FileNotFoundError):
            return (self.folder / name).read_text()
        return ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.note(request, body)
        if self.fault == "hanging":
            await asyncio.sleep(3600)
        if self.kind in ("vertex", "cloud-run"):
            return await self.google(request, body)
        if self.kind == "azure-ml":
            return await self.azure(request, body)
        return await self.amazon(request, body)

    def note(self, request: web.Request, body: bytes) -> None:
        call = {
            "path": request.raw_path,
            "method": request.method,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "is_probe": b'"content": "."' in body,
        }
        with (self.folder / "service-calls.jsonl").open("a") as file:
            file.write(json.dumps(call) + "\n")

    async def amazon(self, request: web.Request, body: bytes) -> web.StreamResponse:
        signed = Signed(request.method, request.raw_path, request.headers, body)
        refused = refusal(signed, self.kind, "us-east-1", self.host)
        if refused:
            return self.amazon_error(403, *refused)
        if self.fault == "expired":
            said = "The security token included in the request is expired"
            return self.amazon_error(403, "ExpiredTokenException", said)
        if self.fault == "throttled":
            return self.amazon_error(
                400 if self.kind == "sagemaker" else 429, "ThrottlingException", "Rate exceeded"
            )
        base, _, verb = request.raw_path.partition("?")[0].rpartition("/")
        if base != PATHS[self.kind] or self.fault == "deleted":
            return self.not_there()
        if self.kind == "sagemaker":
            verbs = ("invocations", "invocations-response-stream")
        else:
            verbs = ("invoke", "invoke-with-response-stream")
        if refused := self.of_the_component(request):
            return refused
        asked = json.loads(body)
        if verb != verbs[bool(asked.get("stream"))]:
            return self.amazon_error(404, "UnknownOperationException", "")
        if "answer" in asked:
            return self.of_the_model(asked["answer"])
        await asyncio.sleep(asked.get("lag_s", 0.02))
        if not asked.get("stream"):
            return web.json_response(completion())
        return await self.stream(request, asked)

    def of_the_component(self, request: web.Request) -> web.Response | None:
        """FOLDER/component is the one that must be asked; while FOLDER/fault is `asleep` it has no copy."""
        named = request.headers.get("x-amzn-sagemaker-inference-component", "")
        if named != self._text("component"):
            said = f"Inference Component Name header is required for endpoints ({named})."
            return self.amazon_error(400, "ValidationError", said)
        if self.fault == "asleep":
            said = (
                "Inference Component has no capacity to process this request. ApplicationAutoScaling may be"
            )
            return self.amazon_error(400, "ValidationError", f"{said} in-progress (if configured) …")
        return None

    def not_there(self) -> web.Response:
        if self.kind == "sagemaker":
            said = f"Endpoint chat-blue of account {ACCOUNT} not found."
            return self.amazon_error(400, "ValidationError", said)
        return self.amazon_error(404, "ResourceNotFoundException", f"Could not find model for {ACCOUNT}")

    def of_the_model(self, status: int) -> web.Response:
        said = f'Received client error ({status}) from primary with message "…". See CloudWatch in {ACCOUNT}.'
        text = json.dumps(
            {"error": {"message": 'ünwise "prompt"\n', "type": "BadRequestError", "code": status}}
        )
        if self.kind == "sagemaker":
            more = {
                "ErrorCode": "CLIENT_ERROR_FROM_MODEL",
                "OriginalStatusCode": status,
                "OriginalMessage": text,
            }
            return self.amazon_error(424, "ModelError", said, more)
        return self.amazon_error(424, "ModelErrorException", said, {"originalStatusCode": status})

    def amazon_error(
        self, status: int, kind: str, said: str, more: dict[str, Any] | None = None
    ) -> web.Response:
        upper = self.kind == "sagemaker"
        body = {"Message" if upper else "message": said, **(more or {})}
        suffix = "" if upper else ":http://internal.amazon.com/coral/com.amazon.bedrock/"
        return web.json_response(body, status=status, headers={"x-amzn-ErrorType": kind + suffix})

    async def stream(self, request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": STREAM_TYPE})
        await response.prepare(request)
        with suppress(ConnectionError):
            if sizes := asked.get("cut"):
                for piece in cut(b"".join(self.frames(asked)), sizes):
                    await response.write(piece)
                    await asyncio.sleep(0.001)
            else:
                for data in self.frames(asked):
                    await response.write(data)
                    await asyncio.sleep(asked.get("gap_s", 0))
        return response

    def frames(self, asked: dict[str, Any]) -> Iterator[bytes]:
        for index in range(asked.get("tokens", 5)):
            if index == asked.get("fail_after"):
                name = "ModelStreamError" if self.kind == "sagemaker" else "modelStreamErrorException"
                yield failure(name, b'{"Message": "broken"}')
                return
            if index == asked.get("end_after"):
                yield event("PayloadPart", b"never whole")[:20]
                return
            yield self.framed(chunk({"content": f"t{index} "}, None))
        yield self.framed(chunk({}, "stop"))
        if self.kind == "sagemaker":
            yield event("PayloadPart", b"data: [DONE]\n\n")

    def framed(self, data: dict[str, Any]) -> bytes:
        text = json.dumps(data).encode()
        if self.kind == "bedrock":
            return event("chunk", json.dumps({"bytes": base64.b64encode(text).decode(), "p": "abc"}).encode())
        whole = b"data: " + text + b"\n\n"
        # The container's bytes are cut anywhere, also within an event of its own.
        return event("PayloadPart", whole[:30]) + event("PayloadPart", whole[30:])

    async def azure(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """By what its documentation says of status codes and of headers."""
        if request.headers.get("authorization") != f"Bearer {self.token}" or self.fault == "expired":
            return azure_error(401, f"key_auth_bad_header_forbidden of {self.host}")
        if self.fault == "throttled":
            return azure_error(429, "Too many pending requests")
        if self.fault == "late":
            return azure_error(408, "Request timeout")
        if self.fault == "deleted" or request.headers.get("azureml-model-deployment") != "blue":
            return azure_error(404, f"No valid deployments to route to at {self.host}.")
        asked = json.loads(body)
        if "answer" in asked:
            status = asked["answer"]
            told = {"error": {"message": "unwise", "type": "BadRequestError", "code": status}}
            return web.json_response(
                told, status=424, headers={"ms-azureml-model-error-statuscode": str(status)}
            )
        await asyncio.sleep(asked.get("lag_s", 0.02))
        return await events(request, asked) if asked.get("stream") else web.json_response(completion())

    async def google(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if request.headers.get("authorization") != f"Bearer {self.token}" or self.fault == "expired":
            if self.kind == "vertex":
                return google_error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
            return google_page(401, "Unauthorized")
        if self.fault == "throttled":
            return web.Response(status=429, text="Rate exceeded.")
        if self.fault == "deleted":
            if self.kind == "vertex":
                return google_error(404, "NOT_FOUND", "Endpoint `7` not found.")
            return google_page(404, "Not Found")
        path = request.raw_path.removeprefix(PATHS[self.kind])
        if self.kind == "cloud-run" and path == "/v1/models":
            return web.json_response({"object": "list", "data": [{"id": "its-own", "object": "model"}]})
        if path != "/v1/chat/completions":
            return web.json_response({"detail": "Not Found"}, status=404)
        asked = json.loads(body)
        if "answer" in asked:
            return web.json_response({"error": {"message": "unwise", "type": "E"}}, status=asked["answer"])
        if not asked.get("stream"):
            return web.json_response(completion())
        return await events(request, asked)


async def events(request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
    """A stream as OpenAI's servers send it."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    for index in range(asked.get("tokens", 5)):
        await response.write(
            b"data: " + json.dumps(chunk({"content": f"t{index} "}, None)).encode() + b"\n\n"
        )
        await asyncio.sleep(asked.get("gap_s", 0))
    await response.write(b"data: [DONE]\n\n")
    return response


def completion() -> dict[str, Any]:
    message = {"role": "assistant", "content": "hello"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    named = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "chat"}
    return {**named, "choices": [choice], "usage": usage}


def chunk(delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    named = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "chat"}
    return {**named, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def azure_error(status: int, said: str) -> web.Response:
    return web.json_response({"error": {"code": str(status), "message": said}}, status=status)


def google_error(status: int, code: str, said: str) -> web.Response:
    return web.json_response({"error": {"code": status, "message": said, "status": code}}, status=status)


def google_page(status: int, said: str) -> web.Response:
    return web.Response(
        status=status, text=f"<html><title>{status} {said}</title></html>", content_type="text/html"
    )


def main() -> None:
    kind, port, host, certificate, key, folder = sys.argv[1:]
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", Service(kind, host, Path(folder)).answer)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(port),
        ssl_context=tls,
        print=None,
        access_log=None,
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
