"""An online endpoint of Azure ML behind a real Envoy: its key, its deployment, whom its refusals blame."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import openai
import pytest
from tests.serving.gateway.live import KEY, wait_until
from tests.serving.gateway.managed_live import TOKEN, ManagedLive, managed

from llmdeploy.serving.gateway.cloud import TOKENS

MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def azure() -> Iterator[ManagedLive]:
    with managed("azure-ml", probe_s=0) as running:
        yield running
        running.fault()


def client_of(running: ManagedLive) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{running.port()}/v1", api_key=KEY, max_retries=0)


def test_a_chat_goes_to_its_deployment_with_the_endpoints_key(azure: ManagedLive) -> None:
    """Also where a client would like to choose another deployment."""
    answer = httpx.post(
        f"http://127.0.0.1:{azure.port()}/v1/chat/completions",
        json={"model": "chat", "messages": MESSAGES},
        headers={"authorization": f"Bearer {KEY}", "azureml-model-deployment": "green"},
        timeout=20,
    )
    assert answer.json()["choices"][0]["message"]["content"] == "hello"
    call = azure.service_calls()[-1]
    headers = call["headers"]
    assert (call["path"], headers["host"]) == ("/v1/chat/completions", azure.relay.host)
    assert (headers["authorization"], headers["azureml-model-deployment"]) == (f"Bearer {TOKEN}", "blue")


def test_tokens_come_as_they_are_made(azure: ManagedLive) -> None:
    client = client_of(azure)
    begin = time.monotonic()
    stream = client.chat.completions.create(
        model="chat", messages=MESSAGES, stream=True, extra_body={"tokens": 2, "gap_s": 4.0}
    )
    first = next(iter(stream)).choices[0].delta.content
    assert (first, time.monotonic() - begin < 3) == ("t0 ", True)


def test_the_models_own_errors_come_through_under_their_own_status(azure: ManagedLive) -> None:
    with pytest.raises(openai.BadRequestError, match="unwise"):
        client_of(azure).chat.completions.create(model="chat", messages=MESSAGES, extra_body={"answer": 400})
    assert azure.chat(azure.relay.port, answer=500).status_code == 500
    assert azure.chat(azure.relay.port, answer=403).status_code == 503


@pytest.mark.parametrize(
    ("fault", "status"), [("deleted", 503), ("expired", 503), ("throttled", 429), ("late", 504)]
)
def test_azures_own_trouble_is_not_the_clients(azure: ManagedLive, fault: str, status: int) -> None:
    azure.fault(fault)
    answer = azure.chat(azure.relay.port)
    azure.fault()
    assert answer.status_code == status
    message = answer.json()["error"]["message"]
    assert " of chat in us-east-1 " in message
    assert azure.relay.host not in message


def test_the_key_is_taken_up_when_it_comes() -> None:
    with managed("azure-ml", probe_s=0.3, tokens={}, healthy=False) as running:
        assert running.chat(running.relay.port).status_code == 503
        running.tokens = dict.fromkeys(TOKENS, TOKEN)
        running.write()
        running.wait_healthy("service")
        wait_until(lambda: running.chat().status_code == 200, "the key is used")
