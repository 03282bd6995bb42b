"""Image digests from a registry of our own that speaks the distribution API, with what real ones do."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from llmdeploy.infra.preflight.clouds.errors import NoAnswer
from llmdeploy.infra.preflight.clouds.registry import HttpRegistry

INDEX = b'{"schemaVersion":2,"manifests":[]}'
DIGEST = f"sha256:{hashlib.sha256(INDEX).hexdigest()}"


class Registry(ThreadingHTTPServer):
    """One image, acme/server:v1.

    Args:
        token: what its token service gives; None: no token is asked for.
        refusals: how many requests are answered with `status` first.
        header: whether it says the digest in a header.
    """

    daemon_threads = True

    def __init__(self, token=None, refusals=0, status=429, retry_after="0", header=True):
        super().__init__(("127.0.0.1", 0), Handler)
        self.token, self.refusals, self.status, self.retry_after = token, refusals, status, retry_after
        self.header, self.asked = header, []

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, url = self.server, urlsplit(self.path)
        server.asked.append((self.command, url.path, parse_qs(url.query)))
        if server.refusals > 0:
            server.refusals -= 1
            return self.answer(server.status, b"", {"retry-after": server.retry_after})
        if url.path == "/token":
            return self.answer(200, b'{"token": "%s"}' % server.token.encode())
        if server.token and self.headers.get("authorization") != f"Bearer {server.token}":
            challenge = f'Bearer realm="http://{server.address}/token",service="registry.test",scope="x"'
            return self.answer(401, b"", {"www-authenticate": challenge})
        if url.path != "/v2/acme/server/manifests/v1":
            return self.answer(404, b"")
        accepts = self.headers["accept"]
        assert "application/vnd.oci.image.index.v1+json" in accepts
        digest = {"docker-content-digest": DIGEST} if server.header else {}
        return self.answer(200, INDEX, digest)

    def do_HEAD(self):
        self.do_GET()

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    servers = []

    def start(**how):
        server = Registry(**how)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def registry(waits):
    return HttpRegistry(scheme="http", sleep=waits.append)


def test_an_open_registry(serve, registry):
    server = serve()
    assert registry.digest(f"{server.address}/acme/server", "v1") == DIGEST
    assert [method for method, _, _ in server.asked] == ["HEAD"]


def test_an_anonymous_token_is_fetched_from_where_the_registry_says(serve, registry):
    server = serve(token="t")
    assert registry.digest(f"{server.address}/acme/server", "v1") == DIGEST
    (asked,) = [query for _, path, query in server.asked if path == "/token"]
    assert asked == {"scope": ["x"], "service": ["registry.test"]}


def test_a_registry_that_does_not_say_the_digest(serve, registry):
    server = serve(header=False)
    assert registry.digest(f"{server.address}/acme/server", "v1") == DIGEST
    assert [method for method, _, _ in server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("token", [None, "t"])
def test_no_such_tag(serve, registry, token):
    assert registry.digest(f"{serve(token=token).address}/acme/server", "v2") is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_registry_is_asked_again_after_as_long_as_it_says(serve, registry, waits, status):
    server = serve(refusals=2, status=status, retry_after="3")
    assert registry.digest(f"{server.address}/acme/server", "v1") == DIGEST
    assert waits == [3.0, 3.0]


def test_a_registry_that_is_always_busy(serve, registry, waits):
    server = serve(refusals=1000)
    with pytest.raises(NoAnswer) as refused:
        registry.digest(f"{server.address}/acme/server", "v1")
    assert refused.value.problem == "no answer from 127.0.0.1 (HTTP 429)"
    assert (len(server.asked), waits) == (4, [0.5, 1.0, 2.0])


def test_nobody_waits_for_minutes(serve, registry, waits):
    server = serve(refusals=1, retry_after="600")
    with pytest.raises(NoAnswer):
        registry.digest(f"{server.address}/acme/server", "v1")
    assert waits == []


def test_a_registry_that_cannot_be_reached(registry, waits):
    with pytest.raises(NoAnswer) as refused:
        registry.digest("127.0.0.1:9/acme/server", "v1")
    assert refused.value.problem == "no answer from 127.0.0.1 (ConnectError)"


def test_a_token_is_never_fetched_over_another_scheme(serve, waits):
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(401, headers={"www-authenticate": 'Bearer realm="http://evil.test/token"'})

    registry = HttpRegistry(httpx.Client(transport=httpx.MockTransport(answer)), sleep=waits.append)
    with pytest.raises(NoAnswer):
        registry.digest("ghcr.io/acme/server", "v1")
    assert asked == ["https://ghcr.io/v2/acme/server/manifests/v1"]


@pytest.mark.parametrize(
    ("image", "url"),
    [
        ("vllm/vllm-openai", "https://registry-1.docker.io/v2/vllm/vllm-openai/manifests/v1"),
        ("ubuntu", "https://registry-1.docker.io/v2/library/ubuntu/manifests/v1"),
        ("docker.io/envoyproxy/envoy", "https://registry-1.docker.io/v2/envoyproxy/envoy/manifests/v1"),
        ("ghcr.io/huggingface/tgi", "https://ghcr.io/v2/huggingface/tgi/manifests/v1"),
        ("nvcr.io/nvidia/tritonserver", "https://nvcr.io/v2/nvidia/tritonserver/manifests/v1"),
        ("localhost:5000/a/b", "https://localhost:5000/v2/a/b/manifests/v1"),
    ],
)
def test_where_an_image_is(image, url):
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200, headers={"docker-content-digest": DIGEST})

    HttpRegistry(httpx.Client(transport=httpx.MockTransport(answer))).digest(image, "v1")
    assert asked == [url]
