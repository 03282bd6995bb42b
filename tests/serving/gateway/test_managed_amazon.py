"""SageMaker and Bedrock behind a real Envoy: signed, mapped, their event streams turned into OpenAI's."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator

import httpx
import openai
import pytest
from tests.serving.gateway.live import KEY
from tests.serving.gateway.managed_live import MANAGED, ManagedLive, managed
from tests.serving.gateway.service import PATHS

VERBS = {
    "sagemaker": ("/invocations", "/invocations-response-stream"),
    "bedrock": ("/invoke", "/invoke-with-response-stream"),
}
MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module", params=["sagemaker", "bedrock"])
def amazon(request: pytest.FixtureRequest) -> Iterator[ManagedLive]:
    with managed(request.param, probe_s=60) as running:
        yield running


def client_of(running: ManagedLive) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{running.port()}/v1", api_key=KEY, max_retries=0)


def test_a_chat_is_signed_and_sent_to_the_endpoint(amazon: ManagedLive) -> None:
    answer = amazon.chat()
    assert (answer.status_code, answer.json()["choices"][0]["message"]["content"]) == (200, "hello")
    assert answer.headers["x-llmdeploy-region"] == MANAGED
    call = amazon.service_calls()[-1]
    assert call["path"] == PATHS[amazon.kind] + VERBS[amazon.kind][0]
    assert call["headers"]["host"] == amazon.relay.host


def test_completions_and_queries_are_signed_too(amazon: ManagedLive) -> None:
    assert amazon.chat(path="/v1/completions", prompt="hi").status_code == 200
    assert amazon.chat(path="/v1/chat/completions?b=%2F%20x&a=1&a=0").status_code == 200


def test_a_large_prompt_is_signed_whole(amazon: ManagedLive) -> None:
    assert amazon.chat(padding="x" * 7_900_000).status_code == 200
    assert amazon.chat(padding="x" * 9_000_000).status_code == 413


def test_the_service_gets_no_header_of_the_gateways(amazon: ManagedLive) -> None:
    told = {
        "authorization": f"Bearer {KEY}",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "x-amzn-sagemaker-target-variant": "another",
        "x-amz-security-token": "mine",
        "x-llmdeploy-hop": "1",
        "x-session-id": "s",
    }
    url = f"http://127.0.0.1:{amazon.port()}/v1/chat/completions"
    assert httpx.post(url, json={"messages": MESSAGES}, headers=told).status_code == 200
    got = amazon.service_calls()[-1]["headers"]
    assert KEY not in str(got)
    assert not [name for name in got if name.startswith(("x-llmdeploy", "x-envoy", "x-amzn"))]
    assert got["traceparent"] == told["traceparent"]


def test_the_official_client_streams(amazon: ManagedLive) -> None:
    stream = client_of(amazon).chat.completions.create(
        model="chat", messages=MESSAGES, stream=True, extra_body={"tokens": 40}
    )  # type: ignore[call-overload]
    found = [part.choices[0].delta.content for part in stream]
    assert found == [*(f"t{index} " for index in range(40)), None]
    assert amazon.service_calls()[-1]["path"] == PATHS[amazon.kind] + VERBS[amazon.kind][1]


@pytest.mark.parametrize("sizes", [[1], [1, 3, 11, 2, 7], [200, 1], [13], [100_000]])
def test_frames_may_be_cut_and_joined_anywhere(amazon: ManagedLive, sizes: list[int]) -> None:
    answer = amazon.chat(stream=True, tokens=3, cut=sizes)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, done, empty = answer.text.split("\n\n")
    assert (done, empty) == ("data: [DONE]", "")
    texts = [json.loads(event.removeprefix("data: "))["choices"][0]["delta"] for event in events]
    assert texts == [*({"content": f"t{index} "} for index in range(3)), {}]


def test_each_token_comes_as_it_is_made(amazon: ManagedLive) -> None:
    begin = time.monotonic()
    stream = client_of(amazon).chat.completions.create(
        model="chat", messages=MESSAGES, stream=True, extra_body={"tokens": 3, "gap_s": 1.0}
    )  # type: ignore[call-overload]
    times = [time.monotonic() - begin for _ in stream]
    assert times[0] < 0.8
    assert [round(later - sooner) for sooner, later in itertools.pairwise(times)] == [1, 1, 1]


def test_the_list_of_models_is_the_one_it_serves(amazon: ManagedLive) -> None:
    assert [model.id for model in client_of(amazon).models.list()] == ["chat"]


def test_what_the_service_cannot_do_says_so(amazon: ManagedLive) -> None:
    with pytest.raises(openai.NotFoundError, match=r"serves /v1/chat/completions and /v1/completions alone"):
        client_of(amazon).embeddings.create(model="chat", input="hi")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (422, openai.UnprocessableEntityError),
        (500, openai.InternalServerError),
    ],
)
def test_the_models_own_error_comes_through(
    amazon: ManagedLive, status: int, kind: type[openai.APIStatusError]
) -> None:
    with pytest.raises(kind) as caught:
        client_of(amazon).chat.completions.create(
            model="chat", messages=MESSAGES, extra_body={"answer": status}
        )  # type: ignore[call-overload]
    assert caught.value.status_code == status
    if amazon.kind == "sagemaker":
        assert caught.value.body["message"] == 'ünwise "prompt"\n'  # type: ignore[index]


@pytest.mark.parametrize(("status", "given"), [(403, 503), (429, 429), (502, 503), (0, 503)])
def test_what_the_model_cannot_do_now_is_tried_elsewhere(
    amazon: ManagedLive, status: int, given: int
) -> None:
    assert amazon.chat(amazon.relay.port, answer=status).status_code == given


@pytest.mark.parametrize("fault", ["fail_after", "end_after"])
def test_a_stream_that_breaks_off_never_looks_complete(amazon: ManagedLive, fault: str) -> None:
    text = amazon.chat(stream=True, tokens=9, **{fault: 2}).text
    assert ('"t1 "' in text, '"t2 "' in text, "[DONE]" in text) == (True, False, False)
    stream = client_of(amazon).chat.completions.create(
        model="chat", messages=MESSAGES, stream=True, extra_body={"tokens": 9, fault: 2}
    )  # type: ignore[call-overload]
    with pytest.raises(openai.APIError, match=r"the stream of .* in us-east-1 broke off"):
        list(stream)
