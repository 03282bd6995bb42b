"""A managed endpoint in trouble: its region's clients are served by the next, and it is used again when it is
well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.serving.gateway.live import http_get, wait_until
from tests.serving.gateway.managed_live import CREDENTIALS, MANAGED, OWN, ManagedLive, managed

AMAZON = ["sagemaker", "bedrock"]


@pytest.fixture(scope="module", params=AMAZON)
def unprobed(request: pytest.FixtureRequest) -> Iterator[ManagedLive]:
    """Every trouble is found by a client's own request; a replica of our own is next."""
    with managed(request.param, own=True, probe_s=0) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_again(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "unprobed" in request.fixturenames:
        request.getfixturevalue("unprobed").fault()


@pytest.mark.parametrize("fault", ["deleted", "throttled", "expired"])
def test_the_next_region_answers(unprobed: ManagedLive, fault: str) -> None:
    wait_until(
        lambda: unprobed.chat().headers["x-llmdeploy-region"] == MANAGED, "it is taken in again after a fault"
    )
    unprobed.fault(fault)
    found = [unprobed.chat() for _ in range(10)]
    assert {(answer.status_code, answer.headers["x-llmdeploy-region"]) for answer in found} == {(200, OWN)}
    stream = unprobed.chat(stream=True)
    assert (stream.status_code, stream.text.endswith("data: [DONE]\n\n")) == (200, True)


@pytest.mark.parametrize(
    ("fault", "status", "code", "why"),
    [
        ("deleted", 503, "endpoint_unavailable", ("ValidationError", "ResourceNotFoundException")),
        ("expired", 503, "endpoint_unavailable", ("ExpiredTokenException",)),
        ("throttled", 429, "rate_limit_exceeded", ("ThrottlingException",)),
    ],
)
def test_alone_the_answer_says_which_endpoint_and_why(
    unprobed: ManagedLive, fault: str, status: int, code: str, why: tuple[str, ...]
) -> None:
    unprobed.fault(fault)
    answer = unprobed.chat(unprobed.relay.port)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert int(answer.headers["retry-after"]) > 0
    assert " of chat in us-east-1 " in error["message"]
    assert any(kind in error["message"] for kind in why)
    assert "111122223333" not in answer.text


def test_a_hanging_endpoint_is_hedged(unprobed: ManagedLive) -> None:
    unprobed.fault("hanging")
    begin = time.monotonic()
    assert unprobed.chat().headers["x-llmdeploy-region"] == OWN
    assert time.monotonic() - begin < 10


def test_an_endpoint_that_cannot_be_reached_is_no_clients_error(unprobed: ManagedLive) -> None:
    assert unprobed.service is not None
    unprobed.service.kill()
    unprobed.service.wait()
    try:
        assert unprobed.chat().headers["x-llmdeploy-region"] == OWN
        answer = unprobed.chat(unprobed.relay.port)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "endpoint_unavailable")
        assert "cannot be reached" in answer.json()["error"]["message"]
    finally:
        unprobed.start_service()
        wait_until(lambda: unprobed.chat(unprobed.relay.port).status_code == 200, "back again")


@pytest.mark.parametrize("kind", AMAZON)
def test_who_is_not_known_or_asks_elsewhere_is_told_of_by_503(kind: str) -> None:
    wrong = {**CREDENTIALS, "AWS_SECRET_ACCESS_KEY": "another"}
    with managed(kind, probe_s=0, environment=wrong) as running:  # type: ignore[arg-type]
        answer = running.chat()
        assert answer.status_code == 503
        assert "InvalidSignatureException" in answer.json()["error"]["message"]


def test_probes_tell_when_it_is_lost_and_when_it_is_back() -> None:
    with managed("sagemaker", own=True) as running:
        for fault in ("deleted", "hanging"):
            running.fault(fault)
            running.wait_healthy("own")
            before = len(running.service_calls())
            assert {running.chat().headers["x-llmdeploy-region"] for _ in range(5)} == {OWN}
            assert len(running.service_calls()) == before
            running.fault()
            running.wait_healthy("service", "own")
            assert running.chat().headers["x-llmdeploy-region"] == MANAGED


def test_who_is_busy_is_not_lost() -> None:
    with managed("sagemaker") as running:
        running.fault("throttled")
        time.sleep(1.5)
        assert http_get(running.relay.port, running.plan.health.path)[0] == 200


def test_the_health_page_costs_the_service_nothing() -> None:
    with managed("sagemaker", probe_s=60) as running:
        time.sleep(2)
        lines = (running.directory / "service-calls.jsonl").read_text().splitlines()
        assert len(lines) == 1
        assert http_get(running.port(), running.plan.health.path)[0] == 200


@pytest.mark.parametrize("kind", AMAZON)
def test_without_credentials_the_region_is_lost_at_once(kind: str) -> None:
    with managed(kind, own=True, probe_s=0, environment={}) as running:  # type: ignore[arg-type]
        begin = time.monotonic()
        assert running.chat().headers["x-llmdeploy-region"] == OWN
        assert time.monotonic() - begin < 4
