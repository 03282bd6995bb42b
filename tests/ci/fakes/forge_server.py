"""What the fake forges share: an HTTP server that remembers, checks, and misbehaves when told."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from tests.ci.fakes.handler import Handler
from tests.ci.fakes.messages import Answer, FakeComment, FakeIssue, Request


@dataclass
class _Fault:
    kind: str
    left: int
    method: str | None
    path: str


Route = tuple[str, re.Pattern[str], Callable[..., Answer]]


class ForgeServer:
    """A forge on 127.0.0.1, within a `with`. Its state is plain attributes, to read and to change."""

    token = "fake-token-of-the-job"
    page = 100
    comments_path: str
    """Of pull request 7."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.issues: list[FakeIssue] = []
        self._comments: dict[int, list[FakeComment]] = {}
        self._faults: list[_Fault] = []
        self._meetings: dict[str, threading.Barrier] = {}
        self._next_id = 100
        self._lock = threading.RLock()
        self.closing = threading.Event()
        self.before_write: Callable[[], None] | None = None
        """What happens, once, before the next write is done."""
        self.routes: list[Route] = []

    # What tests say.

    def comments(self, number: int) -> list[FakeComment]:
        return self._comments.setdefault(number, [])

    def add_comment(self, number: int, body: str, author: str) -> FakeComment:
        with self._lock:
            comment = FakeComment(self.new_id(), body, author)
            self.comments(number).append(comment)
            return comment

    def fault(self, kind: str, times: int = 1, *, method: str | None = None, path: str = "") -> None:
        """Let the next requests whose path has `path` in it fail.

        Kinds: 500, 502, 429, secondary and primary (rate limits), readonly, unauthorized, hang, drop (no
        answer), lost (done, but no answer), html (a proxy's page), cut (half an answer).
        """
        self._faults.append(_Fault(kind, times, method, path))

    def meet(self, method: str, path: str, parties: int = 2) -> None:
        """Let the next requests of that kind answer only when so many of them have come."""
        self._meetings[f"{method} {path}"] = threading.Barrier(parties)

    def asked(self, method: str, path: str = "") -> list[Request]:
        """The requests of a method, whose path has `path` in it."""
        return [each for each in self.requests if each.method == method and path in each.path]

    # What the servers use.

    def new_id(self) -> int:
        with self._lock:
            self._next_id += 1
            return self._next_id

    def environ(self) -> dict[str, str]:
        """What a job needs to talk to this server."""
        raise NotImplementedError

    def is_authorised(self, request: Request) -> bool:
        raise NotImplementedError

    def fault_answer(self, kind: str) -> Answer:
        raise NotImplementedError

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def route(self, method: str, pattern: str, handler: Callable[..., Answer]) -> None:
        self.routes.append((method, re.compile(pattern), handler))

    def __enter__(self) -> Self:
        forge = self

        class OfThis(Handler):
            server_of = forge

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), OfThis)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fault_of(self, request: Request) -> str | None:
        with self._lock:
            for fault in self._faults:
                if fault.left and fault.method in (None, request.method) and fault.path in request.path:
                    if fault.kind == "readonly" and request.method == "GET":
                        continue
                    fault.left -= 1
                    return fault.kind
        return None

    def wait_for_others(self, request: Request) -> None:
        came = f"{request.method} {request.path}"
        barrier = next((each for key, each in self._meetings.items() if came.startswith(key)), None)
        if barrier is None:
            return
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=20)
            barrier.abort()  # it is for the first ones alone

    def answer(self, request: Request) -> Answer:
        if not self.is_authorised(request):
            return Answer(401, {"message": "Bad credentials"})
        for method, pattern, handler in self.routes:
            found = pattern.fullmatch(request.path)
            if method == request.method and found:
                with self._lock:
                    if method != "GET" and self.before_write:
                        happen, self.before_write = self.before_write, None
                        happen()
                    return handler(request, *(unquote(part) for part in found.groups()))
        return Answer(404, {"message": f"Not Found: {request.method} {request.path}"})
