"""Vertex AI and Cloud Run behind a real Envoy: tokens from watched files, paths kept, Google's refusals."""

from __future__ import annotations

import time
from collections.abc import Iterator

import openai
import pytest
from tests.serving.gateway.live import KEY, wait_until
from tests.serving.gateway.managed_live import TOKEN, ManagedLive, managed
from tests.serving.gateway.service import PATHS

from llmdeploy.serving.gateway.cloud import TOKENS

GOOGLE = ["vertex", "cloud-run"]
MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module", params=GOOGLE)
def google(request: pytest.FixtureRequest) -> Iterator[ManagedLive]:
    with managed(request.param, probe_s=0) as running:
        yield running
        running.fault()


def client_of(running: ManagedLive) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{running.port()}/v1", api_key=KEY, max_retries=0)


def test_a_chat_goes_with_the_token_and_without_the_key(google: ManagedLive) -> None:
    assert google.chat().json()["choices"][0]["message"]["content"] == "hello"
    call = google.service_calls()[-1]
    assert call["path"] == PATHS[google.kind] + "/v1/chat/completions"
    assert (call["headers"]["authorization"], call["headers"]["host"]) == (
        f"Bearer {TOKEN}",
        google.relay.host,
    )


def test_tokens_come_as_they_are_made(google: ManagedLive) -> None:
    begin = time.monotonic()
    stream = client_of(google).chat.completions.create(
        model="chat", messages=MESSAGES, stream=True, extra_body={"tokens": 2, "gap_s": 4.0}
    )  # type: ignore[call-overload]
    first = next(iter(stream)).choices[0].delta.content
    assert (first, time.monotonic() - begin < 3) == ("t0 ", True)


def test_models(google: ManagedLive) -> None:
    """Vertex AI takes no GET, so the relay answers; Cloud Run's container has the page."""
    named = [model.id for model in client_of(google).models.list()]
    assert named == {"vertex": ["chat"], "cloud-run": ["its-own"]}[google.kind]


def test_the_models_own_errors_come_through(google: ManagedLive) -> None:
    with pytest.raises(openai.BadRequestError, match="unwise"):
        client_of(google).chat.completions.create(model="chat", messages=MESSAGES, extra_body={"answer": 400})  # type: ignore[call-overload]
    assert google.chat(google.relay.port, answer=403).status_code == 503
    with pytest.raises(openai.NotFoundError):
        client_of(google).embeddings.create(model="chat", input="hi")


def test_a_busy_model_says_when_to_come_back(google: ManagedLive) -> None:
    answer = google.chat(google.relay.port, answer=429)
    assert (answer.status_code, answer.json()["error"]["message"]) == (429, "unwise")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("fault", "status"), [("deleted", 503), ("expired", 503), ("throttled", 429)])
def test_googles_own_trouble_is_not_the_clients(google: ManagedLive, fault: str, status: int) -> None:
    google.fault(fault)
    answer = google.chat(google.relay.port)
    google.fault()
    assert answer.status_code == status
    assert int(answer.headers["retry-after"]) > 0
    assert " of chat in us-east-1 " in answer.json()["error"]["message"]


@pytest.mark.parametrize("kind", GOOGLE)
def test_a_token_is_taken_up_when_it_comes(kind: str) -> None:
    with managed(kind, probe_s=0.3, tokens={}, healthy=False) as running:  # type: ignore[arg-type]
        assert running.chat(running.relay.port).status_code == 503
        running.tokens = dict.fromkeys(TOKENS, TOKEN)
        running.write()
        running.wait_healthy("service")
        wait_until(lambda: running.chat().status_code == 200, "the token is used")
