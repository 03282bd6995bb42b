"""The services of one region, behind one port: which of them answers is said by the host that was called."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from llmdeploy.infra.simulate.live.services.azure_ml import azure_ml
from llmdeploy.infra.simulate.live.services.bedrock import Sleep, bedrock
from llmdeploy.infra.simulate.live.services.calls import INSTANCE, SIMULATED, Call
from llmdeploy.infra.simulate.live.services.configuration import (
    Certificate,
    ConfigurationFile,
    ServedEndpoint,
)
from llmdeploy.infra.simulate.live.services.copies import Copies, scaling
from llmdeploy.infra.simulate.live.services.google_services import cloud_run, vertex
from llmdeploy.infra.simulate.live.services.instances import HOST, Instances
from llmdeploy.infra.simulate.live.services.look import CloudsLook
from llmdeploy.infra.simulate.live.services.refusal import Refusal
from llmdeploy.infra.simulate.live.services.renew import renewing
from llmdeploy.infra.simulate.live.services.sagemaker import sagemaker
from llmdeploy.infra.simulate.live.services.tokens import Tokens
from llmdeploy.serving.spec.managed import Service

DRAIN_S: Final = 10.0
"""What is under way may take so long to end when the process is asked to."""
KEEP_ALIVE_S: Final = 75.0
"""Longer than gateways keep idle connections (serving/gateway/relays.py), so none meets a closing one."""
_LARGEST_BYTES: Final = 64 * 1024 * 1024
"""Of a body that is read at all; each service has a limit of its own below it."""


class Server:
    """Answers for every host in the configuration."""

    def __init__(self, file: ConfigurationFile, log: Callable[[str], None]) -> None:
        self._file = file
        self._log = log
        first = file.read()
        self._clouds = CloudsLook(Path(first.clouds))
        self._tokens = Tokens(Path(first.clouds))
        self._sleep = Sleep()
        self._copies = Copies(self._clouds)
        self._services: dict[Service, Callable[[Call, ServedEndpoint], Awaitable[web.StreamResponse]]] = {
            "sagemaker": lambda call, _: sagemaker(call, self._copies),
            "bedrock": lambda call, _: bedrock(call, self._sleep),
            "vertex": lambda call, _: vertex(call),
            "cloud-run": cloud_run,
            "azure-ml": lambda call, _: azure_ml(call),
        }

    async def serve(self) -> None:
        """Serve until cancelled."""
        told = self._file.read()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            self._instances = Instances(session)
            app = web.Application(client_max_size=_LARGEST_BYTES)
            app.router.add_route("*", "/{path:.*}", self._answer)
            # A client that goes away frees its instance.
            runner = web.AppRunner(
                app,
                keepalive_timeout=KEEP_ALIVE_S,
                handler_cancellation=True,
                access_log=None,
                shutdown_timeout=DRAIN_S,
            )
            await runner.setup()
            await web.TCPSite(runner, HOST, told.port, ssl_context=self._tls()).start()
            try:
                await asyncio.gather(renewing(self._file, self._tokens), scaling(self._file, self._copies))
            finally:
                await runner.cleanup()
                self._clouds.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        begun = time.monotonic()
        told = self._file.read()
        now = datetime.datetime.now(datetime.UTC)
        body = await request.read()
        call = Call(request, body, told, self._clouds, self._instances, self._tokens, now)
        at_host = next((each for each in told.endpoints if each.host == call.host), None)
        try:
            if at_host is None:
                raise Refusal(421, "no endpoint of this simulation is known by this name\n")
            response = await self._services[at_host.service](call, at_host)
        except Refusal as refusal:
            headers = {**refusal.headers, SIMULATED: told.location}
            response = web.Response(
                status=refusal.status, text=None, body=refusal.body.encode(), headers=headers
            )
        self._log(_line(call, response, time.monotonic() - begun))
        return response

    def _tls(self) -> ssl.SSLContext:
        """Each host is proven with its own certificate, which may be added while we serve."""
        ready: dict[str, tuple[Certificate, ssl.SSLContext]] = {}

        def choose(socket: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
            certificate = self._file.read().certificates.get(name or "")
            if certificate is None:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            if name not in ready or ready[name][0] != certificate:
                ready[str(name)] = certificate, _context(certificate)
            socket.context = ready[str(name)][1]
            return None

        context = _context(next(iter(self._file.read().certificates.values())))
        context.sni_callback = choose
        return context


def _context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(certificate.private_key + certificate.certificate)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def _line(call: Call, response: web.StreamResponse, seconds: float) -> str:
    """What the log says of a call: nothing of its headers or body."""
    instance = response.headers.get(INSTANCE, "-")
    kind = response.headers.get("x-amzn-errortype", "")
    words = (
        call.request.method,
        call.host,
        call.path,
        str(response.status),
        kind,
        instance,
        f"{seconds:.3f} s",
    )
    return " ".join(filter(None, words))


def run(file: Path) -> None:
    """Serve what a configuration file says, until asked to end."""

    def log(line: str) -> None:
        sys.stdout.write(f"{datetime.datetime.now().astimezone().isoformat(timespec='seconds')} {line}\n")
        sys.stdout.flush()

    asyncio.run(_until_asked(Server(ConfigurationFile(file), log)))


async def _until_asked(server: Server) -> None:
    import signal

    task = asyncio.ensure_future(server.serve())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
