"""An evacuation that is drilled in real clouds, as far as it can be played here: fronts that have signed
their own certificate, no processes to look at, and nobody who counts requests."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.world import TWO, make_plan

from llmdeploy.infra.drill import DrillOptions, DrillRefused, Limits, Moves, Scene, run_evacuation
from llmdeploy.infra.drill.cloud_facts import cloud_facts, cloud_problems
from llmdeploy.infra.fleet import FleetLook
from llmdeploy.infra.provider.certificate import CertificateResource
from llmdeploy.infra.provider.work import Work

AWS, GCP = "aws/us-east-1", "gcp/europe-west4"
KEY = "sk-cloud-71c9"
OPTIONS = DrillOptions(seconds=3, workers=4, stream_share=0)


class Front:
    """The front of a region over TLS. `answers`: the region whose replicas do."""

    def __init__(self, folder: Path) -> None:
        made = CertificateResource().create({"names": ("127.0.0.1",)}, Work(print))
        self.trusted = made["certificate"]
        self.answers = AWS
        self.seen: set[str] = set()
        for name in ("certificate", "private_key"):
            (folder / name).write_text(made[name])
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "certificate", folder / "private_key")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_port}/v1"

    @contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                front.seen.add(self.headers["authorization"])
                body = json.dumps({"choices": [{"message": {"content": "Hello"}}]}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.send_header("x-llmdeploy-region", front.answers)
                self.send_header("x-llmdeploy-replica", "us-east-1")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        return Handler


class Fleets:
    """A cloud that says the same of every region."""

    def __init__(self, healthy: int) -> None:
        self._healthy = healthy

    def look(self, _location: str, _facts: Any) -> FleetLook:
        return FleetLook(launched=2, healthy=self._healthy, gateways_healthy=2)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    with made.serving():
        yield made


def scene(front: Front, healthy: int = 2) -> Scene:
    plan = make_plan(TWO)
    outputs = {
        "spec_digest": plan.spec_digest,
        "model": {"served_name": "chat"},
        "endpoint": front.url,
        "entries": {AWS: front.url, GCP: front.url},
        "api_key": KEY,
        "regions": {AWS: {}, GCP: {}},
    }
    clients = {"aws": lambda: Fleets(2), "gcp": lambda: Fleets(healthy)}
    return Scene(
        cloud_facts(plan, outputs), lambda: cloud_problems(clients, plan, outputs), trusted=front.trusted
    )


def moves(front: Front) -> Moves:
    def answered_by(region: str) -> None:
        front.answers = region

    return Moves(lambda: answered_by(GCP), lambda: answered_by(AWS), lambda: None)


def test_what_clients_see(front: Front) -> None:
    report = run_evacuation(scene(front), AWS, moves(front), OPTIONS, Limits(max_failed=0))
    assert (report.failed, report.passed, report.simulated) == (0, True, False)
    assert set(report.before.answers) == {AWS}
    assert report.during.answers[GCP] > 0
    assert report.after.answers[AWS] > 0
    assert report.recovered_s is not None
    assert (report.detected_s is not None, report.drained_s) == (True, None)
    assert "clouds count requests minutes late: when aws/us-east-1 was drained is not known" in report.notes
    assert front.seen == {f"Bearer {KEY}"}
    assert KEY not in json.dumps(report.document())


def test_a_front_that_nobody_trusts_gets_no_request(front: Front) -> None:
    unknown = Scene(scene(front).facts, lambda: ())
    report = run_evacuation(unknown, AWS, moves(front), OPTIONS, Limits(max_failed=0))
    assert set(report.failures) == {"connection"}
    assert not report.passed
    assert front.seen == set()


def test_refused_where_something_is_not_well(front: Front) -> None:
    with pytest.raises(DrillRefused) as refused:
        run_evacuation(scene(front, healthy=0), AWS, moves(front), OPTIONS)
    assert "gcp/europe-west4: no replica is healthy" in refused.value.problem
    assert front.seen == set()
