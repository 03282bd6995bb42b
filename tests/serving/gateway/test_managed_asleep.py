"""SageMaker's endpoint whose copies may be none, behind a real Envoy: it is asked by its component's name,
and while it sleeps the next region answers.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai
import pytest
from tests.serving.gateway.live import KEY, wait_until
from tests.serving.gateway.managed_live import MANAGED, OWN, ManagedLive, managed

COMPONENT = "x-amzn-sagemaker-inference-component"


@pytest.fixture(scope="module")
def sleeper() -> Iterator[ManagedLive]:
    with managed("sagemaker", own=True, probe_s=0, component="chat-blue") as running:
        yield running


@pytest.fixture(autouse=True)
def _awake_again(sleeper: ManagedLive) -> Iterator[None]:
    yield
    sleeper.fault()


def in_its_region(sleeper: ManagedLive) -> bool:
    return bool(sleeper.chat().headers["x-llmdeploy-region"] == MANAGED)


def test_its_component_is_asked_for_and_signed_for(sleeper: ManagedLive) -> None:
    wait_until(lambda: in_its_region(sleeper), "it is awake")
    for stream in (False, True):
        assert sleeper.chat(stream=stream).status_code == 200
        headers = sleeper.service_calls()[-1]["headers"]
        assert headers[COMPONENT] == "chat-blue"
        signed_for = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
        assert COMPONENT in signed_for.split(";")


def test_what_a_client_says_of_components_is_dropped(sleeper: ManagedLive) -> None:
    url = f"http://127.0.0.1:{sleeper.relay.port}/v1/chat/completions"
    said = {COMPONENT: "another", "authorization": f"Bearer {KEY}"}
    answer = httpx.post(url, json={"messages": [{"role": "user", "content": "hi"}]}, headers=said)
    assert (answer.status_code, sleeper.service_calls()[-1]["headers"][COMPONENT]) == (200, "chat-blue")


def test_while_it_sleeps_the_next_region_answers_and_it_was_asked(sleeper: ManagedLive) -> None:
    wait_until(lambda: in_its_region(sleeper), "it is awake")
    sleeper.fault("asleep")
    before = len(sleeper.service_calls())
    for stream in (False, True):
        answer = sleeper.chat(stream=stream)
        assert (answer.status_code, answer.headers["x-llmdeploy-region"]) == (200, OWN)
    # What it is asked wakes it: no region is passed over for having slept.
    assert len(sleeper.service_calls()) > before
    sleeper.fault()
    wait_until(lambda: in_its_region(sleeper), "its region is used again")


def test_alone_the_client_is_told_to_come_back(sleeper: ManagedLive) -> None:
    sleeper.fault("asleep")
    answer = sleeper.chat(sleeper.relay.port)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (503, "server_error", "endpoint_asleep")
    assert error["message"].startswith("the SageMaker endpoint of chat in us-east-1 was asleep and is being ")
    assert answer.headers["retry-after"] == "60"


def test_other_refusals_and_the_models_own_come_through_as_ever(sleeper: ManagedLive) -> None:
    assert sleeper.chat(sleeper.relay.port, answer=422).status_code == 422
    sleeper.fault("deleted")
    error = sleeper.chat(sleeper.relay.port).json()["error"]
    assert error["code"] == "endpoint_unavailable"
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{sleeper.port()}/v1", api_key=KEY, max_retries=0)
    sleeper.fault()
    wait_until(lambda: in_its_region(sleeper), "it is awake")
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(
            model="chat",
            messages=[{"role": "user", "content": "hi"}],
            extra_body={"answer": 400},
        )
