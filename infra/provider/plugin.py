"""Serving the provider to the engine: gRPC, progress, plain errors, and no life of its own past the
engine's.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import grpc
import grpc.aio
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from llmdeploy.infra.provider.kept import KeptInState
from llmdeploy.infra.provider.provider import LocalProvider, Report
from llmdeploy.serving.errors import LlmdeployError

PARENT_POLL_S = 0.5
STOP_GRACE_S = 60.0
"""Operations under way are interrupted and may clean up this long."""


class PlainErrors(grpc.aio.ServerInterceptor):
    """Gives the engine the message of an error that a user can mend, without a Python exception around it."""

    async def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """Wrap the call's behaviour."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None

        async def plain(request: Any, context: Any) -> Any:
            try:
                return await handler.unary_unary(request, context)
            except KeptInState as error:
                await context.abort(grpc.StatusCode.UNKNOWN, str(error), error.metadata)
            except LlmdeployError as error:
                await context.abort(grpc.StatusCode.UNKNOWN, str(error))

        return grpc.unary_unary_rpc_method_handler(
            plain, handler.request_deserializer, handler.response_serializer
        )


def engine_report(address: str) -> Report:
    """Progress as the engine's ephemeral status messages (engine.proto, LogRequest)."""
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def report(urn: str, line: str) -> None:
        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.INFO, message=line, urn=urn, ephemeral=True
        )
        try:
            engine.Log(request, timeout=2)
        except grpc.RpcError:
            return  # progress is a courtesy: an engine that is gone is noticed elsewhere

    return report


def serve(provider: LocalProvider, version: str, engine_address: str) -> None:
    """Serve until the engine ends us or ends itself."""
    asyncio.run(_serve(provider, ProviderServicer([], version, provider, engine_address)))


async def _serve(provider: LocalProvider, servicer: ProviderServicer) -> None:
    stopped = asyncio.create_task(_asked_to_stop())
    orphaned = asyncio.create_task(_engine_gone())
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS, interceptors=[PlainErrors()])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.wait((stopped, orphaned), return_when=asyncio.FIRST_COMPLETED)
    if orphaned.done():
        # What was under way stays as it is: the next run adopts it. Waiting for threads could take minutes.
        os._exit(1)
    orphaned.cancel()
    await provider.cancel()
    await server.stop(STOP_GRACE_S)


async def _asked_to_stop() -> None:
    """The engine's way to end a plugin is SIGINT, and SIGKILL five seconds later."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


async def _engine_gone() -> None:
    engine = os.getppid()
    while os.getppid() == engine:
        await asyncio.sleep(PARENT_POLL_S)
