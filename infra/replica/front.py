"""The HTTP front of a replica: routes, states, errors."""

from __future__ import annotations

import time
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST

from llmdeploy.infra.replica.admission import Admission
from llmdeploy.infra.replica.api_error import ApiError, not_ready
from llmdeploy.infra.replica.generation_request import Endpoint, read_request
from llmdeploy.infra.replica.measures import Measures
from llmdeploy.infra.replica.misbehaviour import Misbehaviour
from llmdeploy.infra.replica.relay import Relay
from llmdeploy.infra.replica.settings import ReplicaSettings

State = Literal["loading", "ready", "draining"]

_MAX_REQUEST_BYTES = 4 * 1024 * 1024  # about a million tokens of text, read in some 20 ms
_ENDPOINTS: tuple[Endpoint, ...] = ("/v1/chat/completions", "/v1/completions")


class Front:
    """Answers clients. Starts in the state `loading`, without an engine; see `open` and `drain`."""

    def __init__(self, settings: ReplicaSettings, weights: str) -> None:
        self.settings = settings
        self.admission = Admission(settings.concurrency, settings.max_waiting)
        self.measures = Measures(settings, self.admission, weights)
        self.misbehaviour = Misbehaviour(settings.fault)
        self.state: State = "loading"
        self._started = int(time.time())
        self._relay: Relay | None = None
        self._has_tools = False

    async def open(self, relay: Relay) -> None:
        """The engine is ready: answer from now on."""
        self._has_tools = await relay.has_tools()
        self._relay = relay
        self.state = "ready"

    def drain(self) -> None:
        """Finish what is in flight, take nothing new, and say so to health checks."""
        self.state = "draining"

    def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[_errors_as_json], client_max_size=_MAX_REQUEST_BYTES)
        app.router.add_get("/health", self._health)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/v1/models", self._models)
        for endpoint in _ENDPOINTS:
            app.router.add_post(endpoint, self._generate)
        app.on_response_prepare.append(self._sign)
        return app

    async def _sign(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["x-llmdeploy-replica"] = self.settings.replica
        response.headers["x-llmdeploy-region"] = self.settings.region
        response.headers["x-llmdeploy-server"] = self.settings.fault.server

    async def _health(self, request: web.Request) -> web.Response:
        await self.misbehaviour.health()
        if self.state != "ready":
            raise not_ready(self.state)
        return web.json_response({"status": "ready"})

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self.measures.exposition(), headers={"content-type": CONTENT_TYPE_LATEST})

    async def _models(self, request: web.Request) -> web.Response:
        settings = self.settings
        base = {
            "id": settings.served_model_name,
            "object": "model",
            "created": self._started,
            "owned_by": "llmdeploy",
            "parent": None,
            "max_model_len": settings.context_length,
        }
        adapters = [{**base, "id": adapter.name, "parent": base["id"]} for adapter in settings.adapters]
        return web.json_response({"object": "list", "data": [base, *adapters]})

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        base_model = self.settings.served_model_name
        if self.state != "ready":
            self.measures.ended(base_model, "overloaded")
            raise not_ready(self.state)
        try:
            wanted = read_request(
                _endpoint(request), await request.read(), self.settings, has_tools=self._has_tools
            )
        except (ApiError, web.HTTPRequestEntityTooLarge):
            self.measures.ended(base_model, "invalid")
            raise
        assert self._relay is not None
        with self.measures.request(wanted.model) as stopwatch:
            await self.misbehaviour.begin()
            async with self.admission.turn():
                response = await self._relay.answer(request, wanted, stopwatch)
        await self.misbehaviour.end(request, response)
        return response


def _endpoint(request: web.Request) -> Endpoint:
    return next(endpoint for endpoint in _ENDPOINTS if endpoint == request.path)


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as raised:
        error = raised
    except web.HTTPRequestEntityTooLarge:
        error = ApiError(413, f"The body exceeds {_MAX_REQUEST_BYTES} bytes.", code="request_too_large")
    except web.HTTPNotFound:
        error = ApiError(404, f"There is no {request.path} here.", code="not_found")
    except web.HTTPMethodNotAllowed:
        error = ApiError(405, f"{request.path} does not know {request.method}.", code="method_not_allowed")
    return web.json_response(error.body, status=error.status, headers=error.headers)
