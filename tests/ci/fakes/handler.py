"""HTTP of the fake forges."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.ci.fakes.messages import Answer, Request

if TYPE_CHECKING:
    from tests.ci.fakes.forge_server import ForgeServer


class Handler(BaseHTTPRequestHandler):
    """Answers every method; a subclass says for which forge."""

    protocol_version = "HTTP/1.1"
    server_of: ForgeServer

    def handle_any(self) -> None:
        forge, request = self.server_of, self._request()
        forge.requests.append(request)
        fault = forge.fault_of(request)
        if fault == "hang":
            forge.closing.wait(60)
        if fault in ("hang", "drop"):
            self._drop()
            return
        if fault and fault not in ("lost", "cut"):
            self._send(forge.fault_answer(fault))
            return
        answer = forge.answer(request)
        forge.wait_for_others(request)
        if fault == "lost":
            self._drop()
        else:
            self._send(answer, cut=fault == "cut")

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass

    def _request(self) -> Request:
        url = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, url.path, query, headers, json.loads(data) if data else None)

    def _drop(self) -> None:
        self.close_connection = True

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        raw = isinstance(answer.body, bytes)
        data = answer.body if raw else b"" if answer.status == 204 else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        kind = "application/octet-stream" if raw else "application/json; charset=utf-8"
        for name, value in {"Content-Type": kind, **answer.headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True
