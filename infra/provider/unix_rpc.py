"""HTTP and XML-RPC over a unix socket, with a time limit on every call."""

from __future__ import annotations

import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any

CALL_TIMEOUT_S = 5.0
"""A supervisord or Envoy that answers at all answers in milliseconds; past this it hangs."""


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection to a unix socket."""

    def __init__(self, path: Path, timeout_s: float = CALL_TIMEOUT_S) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return UnixConnection(self._path)


def supervisor_rpc(path: Path) -> Any:
    """supervisord's `supervisor` namespace (http://supervisord.org/api.html). Not to be shared between
    threads.
    """
    return xmlrpc.client.ServerProxy("http://localhost", transport=_UnixTransport(path)).supervisor


def http_get(path: Path, url: str) -> bytes:
    """The body of a GET over the socket.

    Raises:
        OSError: nobody answers, or the answer is not 200.
    """
    connection = UnixConnection(path)
    try:
        connection.request("GET", url)
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP answer on {path}: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise OSError(f"{url} on {path} answered {response.status}")
    return body
