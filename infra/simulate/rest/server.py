"""The server of the simulated REST interfaces, on this machine's loopback alone.

The first part of a path is the host that would be asked (`variables.py`); `hosts.py` says who answers for it.
Every answer says that it is simulated.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from llmdeploy.infra.simulate.rest.hosts import answer
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest
from llmdeploy.infra.simulate.store import Store

LOOPBACK: Final = "127.0.0.1"
HEADERS: Final = {"Server": "llmdeploy-simulated", "X-Llmdeploy-Simulated": "true"}
MOST_BYTES: Final = 10 * 2**20
"""Of a body; Google takes no more either (vertex-ai/docs/predictions/using-dedicated-endpoints)."""
IDLE_S: Final = 60.0


class RestServer:
    """Serves while it is open. Only who knows the token is answered.

    Args:
        folder: of the simulated clouds.
    """

    def __init__(self, folder: Path, token: str) -> None:
        lock = threading.Lock()

        def answered(request: Callable[[Store], RestRequest]) -> RestAnswer:
            # One after the other: what two requests see of each other's changes is then as if in order.
            with lock:
                store = Store(folder)
                try:
                    return answer(request(store), token)
                finally:
                    store.close()

        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(answered))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`"""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def close(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()


def _handler(
    answered: Callable[[Callable[[Store], RestRequest]], RestAnswer],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"
        timeout = IDLE_S
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > MOST_BYTES:
                self._send(RestAnswer({"error": {"code": 413, "message": "Request is too large."}}, 413))
                return
            raw = self.rfile.read(length)
            try:
                body = json.loads(raw) if raw else {}
            except ValueError:
                message = "Invalid JSON payload received."
                error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
                self._send(RestAnswer({"error": error}, 400))
                return
            try:
                self._send(answered(lambda store: self._request(store, body, raw)))
            except Exception as error:  # noqa: BLE001
                # A bug of the simulation must not look like a network that is down.
                message = f"the simulation has failed: {type(error).__name__}: {error}"
                self._send(RestAnswer({"error": {"code": 500, "message": message}}, 500))

        def _request(self, store: Store, body: Any, raw: bytes) -> RestRequest:
            parts = urlsplit(self.path)
            host, _, path = parts.path.lstrip("/").partition("/")
            return RestRequest(
                host=host,
                method=self.command,
                path=f"/{unquote(path)}",
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                body=body,
                authorization=self.headers.get("authorization") or "",
                store=store,
                target=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                raw=raw,
            )

        def _send(self, found: RestAnswer) -> None:
            content = json.dumps(found.content).encode()
            self.send_response_only(found.status)
            for name, value in {**HEADERS, **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 - the names are the library's

        def log_message(self, *_: Any) -> None:
            """Nothing: a log of requests would hold what is asked."""

    return Handler
