"""Real requests to real servers on this machine, with TLS where a front has it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from llmdeploy.infra.provider.certificate import signed
from llmdeploy.infra.status.overview.endpoint import Entry, EntryAnswer, ask_entry, endpoint_view

KEY = "sk-status-5d20"
MODELS = {"object": "list", "data": [{"id": "chat"}, {"id": "legal"}]}
FRONT = "front.chat.llmdeploy.internal"

Answer = Callable[[str, str | None], tuple[int, Any]]


def good(path: str, key: str | None) -> tuple[int, Any]:
    if path == "/health":
        return 200, {"status": "ok"}
    return (200, MODELS) if key == f"Bearer {KEY}" else (401, {"error": {"message": "no such key"}})


@contextmanager
def serving(answer: Answer = good, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The base URL of a server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path, self.headers["authorization"])
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def ask(url: str, key: str | None = KEY, trusted: str | None = None, name: str = "") -> EntryAnswer:
    return ask_entry(Entry("local/a", url, name), key, "chat", trusted)


def test_an_entry_that_serves() -> None:
    with serving() as url:
        answer = ask(url)
    assert (answer.verdict, answer.said) == ("healthy", "serves chat")
    assert answer.seconds is not None
    assert 0 < answer.seconds < 20


@pytest.mark.parametrize(
    ("health", "models", "verdict", "said"),
    [
        ((503, {}), None, "down", "/health answers 503: no replica is behind it"),
        ((200, {}), (401, {}), "degraded", "does not take our key (401)"),
        ((200, {}), (503, {}), "degraded", "/v1/models answers 503"),
        ((200, {}), (200, {"data": [{"id": "legal"}]}), "degraded", "serves legal, not chat"),
        # What a server of another make tells is not ours to judge.
        ((200, {}), (200, ["what?"]), "healthy", "serves chat"),
    ],
)
def test_an_entry_that_does_not(health: Any, models: Any, verdict: str, said: str) -> None:
    with serving(lambda path, _key: health if path == "/health" else models) as url:
        answer = ask(url)
    assert (answer.verdict, answer.said) == (verdict, said)


def test_a_key_of_another_deployment() -> None:
    with serving() as url:
        assert ask(url, key="sk-wrong").said == "does not take our key (401)"


def test_nobody_there() -> None:
    with serving() as url:
        pass
    answer = ask(url)
    assert (answer.verdict, answer.said) == ("down", "no connection (ConnectionRefusedError)")
    assert ask("https://nobody.invalid/v1").said == "its name leads nowhere"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A front's certificate, and what a server shows it with."""
    made = signed((FRONT,))
    folder: Path = tmp_path_factory.mktemp("tls")
    (folder / "cert").write_text(made["certificate"])
    (folder / "key").write_text(made["private_key"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return made["certificate"], context


def test_a_front_that_has_signed_its_own_certificate(front: Any) -> None:
    certificate, context = front
    with serving(context=context) as url:
        assert ask(url, trusted=certificate, name=FRONT).verdict == "healthy"
        unknown = ask(url, name=FRONT)
        assert unknown.verdict == "down"
        assert unknown.said.startswith("its certificate is not trusted (")
        # It is for the name that all fronts share, not for the address.
        assert ask(url, trusted=certificate).verdict == "down"


def test_all_entries_together() -> None:
    good = EntryAnswer("local/a", "http://a/v1", "healthy", "serves chat", 0.004)
    slow = EntryAnswer("local/b", "http://b/v1", "healthy", "serves chat", 0.0312)
    gone = EntryAnswer("local/c", "http://c/v1", "down", "no answer in 4 s")
    assert endpoint_view((good,)).said == "1 of 1 entries answer in 4 ms"
    both = endpoint_view((good, slow))
    assert (both.verdict, both.said, both.problems) == ("healthy", "2 of 2 entries answer in 4 to 31 ms", ())
    some = endpoint_view((good, gone))
    assert (some.verdict, some.said) == ("degraded", "1 of 2 entries answer in 4 ms")
    assert some.problems == ("local/c: http://c/v1 no answer in 4 s",)
    assert endpoint_view((gone,)).verdict == "down"
