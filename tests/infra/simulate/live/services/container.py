"""A model's container as the services meet it: what it does is said by the words that it is asked."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EVENTS = [f'data: {{"choices": [{{"delta": {{"content": "{word}"}}}}]}}\n\n' for word in ("Hello", "wörld")]
STREAM = "".join([*EVENTS, "data: [DONE]\n\n"])


class Container:
    """One of them, on a port of its own. `seen`: path and headers of every request."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.busy = 0
        container = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._send(200, b'{"object": "list"}')

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                container.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                container.busy += 1
                try:
                    self._do(body)
                finally:
                    container.busy -= 1

            def _do(self, body: dict[str, Any]) -> None:
                said = str((body.get("messages") or [{"content": ""}])[-1]["content"])
                if said.startswith("refuse"):
                    self._send(int(said.split()[1]), b'{"error": {"message": "too long"}}')
                elif said.startswith("wait"):
                    time.sleep(float(said.split()[1]))
                    self._send(200, b"{}")
                elif said == "break":
                    self._head(200, "text/event-stream", 1000)
                    self.wfile.write(EVENTS[0].encode())
                    self.wfile.flush()
                    self.close_connection = True
                elif body.get("stream"):
                    self._head(200, "text/event-stream", len(STREAM.encode()))
                    for part in (*EVENTS, "data: [DONE]\n\n"):
                        self.wfile.write(part.encode())
                        self.wfile.flush()
                else:
                    self._send(200, json.dumps({"path": self.path, "object": "chat.completion"}).encode())

            def _send(self, status: int, body: bytes) -> None:
                self._head(status, "application/json", len(body))
                self.wfile.write(body)

            def _head(self, status: int, kind: str, length: int) -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(length))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Nothing listens there any more."""
        self._server.shutdown()
        self._server.server_close()
