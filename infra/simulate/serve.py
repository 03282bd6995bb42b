"""The process that serves the simulated clouds to an engine: `python -m llmdeploy.infra.simulate.serve
FOLDER`.

It prints one line: the ports of the providers, `aws:PORT,gcp:PORT,…`, the address of the REST interfaces, and
the token that is good there. It lives as long as its parent, or, when that was killed, as long as an engine
still talks to it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import grpc.aio
import psutil
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc

from llmdeploy.infra.simulate.rest.server import RestServer
from llmdeploy.infra.simulate.servicer import CloudServicer
from llmdeploy.infra.simulate.store import Store

PACKAGES: Final = ("aws", "gcp", "azure-native")
_POLL_S: Final = 0.5
_GRACE_S: Final = 1.0


def main() -> None:
    """Serve the folder that is the first argument, until nobody needs it."""
    asyncio.run(_serve(Path(sys.argv[1])))


async def _serve(folder: Path) -> None:
    store = Store(folder)
    servers = [await _server(package, store) for package in PACKAGES]
    token = secrets.token_urlsafe()
    rest = RestServer(folder, token)
    ports = ",".join(f"{package}:{port}" for package, (_, port) in zip(PACKAGES, servers, strict=True))
    sys.stdout.write(f"{ports} {rest.address} {token}\n")
    sys.stdout.flush()
    await _until_not_needed(tuple(port for _, port in servers))
    rest.close()
    await asyncio.gather(*(server.stop(_GRACE_S) for server, _ in servers))
    store.close()


async def _server(package: str, store: Store) -> tuple[Any, int]:
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = CloudServicer(package, _version(package), store)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, port


def _version(package: str) -> str:
    try:
        return version(f"pulumi-{package}")
    except PackageNotFoundError:
        return "0.0.0"


async def _until_not_needed(ports: tuple[int, ...]) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    parent = os.getppid()
    while not asked.is_set():
        if os.getppid() != parent and not _connected(ports):
            return
        try:
            await asyncio.wait_for(asked.wait(), _POLL_S)
        except TimeoutError:
            continue


def _connected(ports: tuple[int, ...]) -> bool:
    return any(
        each.status == psutil.CONN_ESTABLISHED and each.laddr[1] in ports
        for each in psutil.Process().net_connections("tcp4")
    )


if __name__ == "__main__":
    main()
