"""What a client of a healthy gateway sees: answers, errors in OpenAI's shape, headers; and what replicas see
of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest
from tests.serving.gateway.live import KEY, Live, wait_until

AUTH = {"authorization": f"Bearer {KEY}"}
BODY = {"model": "chat", "messages": [{"role": "user", "content": "my secret prompt"}], "lag_s": 0}


def post(live: Live, body: Any = BODY, region: str = "local/a", **headers: str) -> httpx.Response:
    url = f"http://127.0.0.1:{live.port(region)}/v1/chat/completions"
    return httpx.post(url, json=body, headers={**AUTH, **headers}, timeout=20)


def get(live: Live, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{live.port()}{path}", headers=headers or {}, timeout=20)


def error(response: httpx.Response) -> dict[str, Any]:
    """The error of an answer in OpenAI's shape, with exactly its four fields."""
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    assert found["message"]
    return found


def test_the_official_client_works(quiet: Live) -> None:
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{quiet.port()}/v1", api_key=KEY, max_retries=0)
    messages: Any = [{"role": "user", "content": "hi"}]
    assert (
        client.chat.completions.create(model="chat", messages=messages).choices[0].message.content == "hello"
    )
    pieces = client.chat.completions.create(model="chat", messages=messages, stream=True)
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "t0 t1 t2 t3 t4 "
    assert [model.id for model in client.models.list()] == ["chat"]


@pytest.mark.parametrize("key", ["sk-wrong", KEY[:-1], KEY + "x", "x " + KEY])
def test_the_official_client_sees_a_wrong_key(quiet: Live, key: str) -> None:
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{quiet.port()}/v1", api_key=key, max_retries=0)
    with pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    assert caught.value.code == "invalid_api_key"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/nothing", "/", "/metrics", "/health/", "/health?x=1"])
def test_nothing_but_health_is_open_without_a_key(quiet: Live, path: str) -> None:
    before = len(quiet.calls())
    response = get(quiet, path)
    assert response.status_code == 401
    assert error(response)["code"] == "invalid_api_key"
    assert len(quiet.calls()) == before


def test_health_needs_no_key(quiet: Live) -> None:
    response = get(quiet, "/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/",
        "/docs",
        "/v2/x",
        "/v1",
        "/v1/load_lora_adapter",
        "/v1//load_lora_adapter",
        "/v1/../metrics",
    ],
)
def test_pages_of_replicas_are_closed(quiet: Live, path: str) -> None:
    before = len(quiet.calls())
    response = httpx.Client(headers=AUTH).get(f"http://127.0.0.1:{quiet.port()}{path}")
    assert response.status_code == 404
    error(response)
    assert len(quiet.calls()) == before


def test_the_nearest_region_answers_and_says_so(quiet: Live) -> None:
    for region in ("local/a", "local/b"):
        response = post(quiet, region=region)
        assert response.status_code == 200
        assert response.headers["x-llmdeploy-region"] == region
        assert response.headers["x-llmdeploy-replica"] == f"{region[-1]}-0"


def test_headers_betray_nothing_of_what_is_behind(quiet: Live) -> None:
    response = post(quiet)
    assert response.headers["server"] == "llmdeploy"
    assert response.headers["x-request-id"]
    names = {name.lower() for name in response.headers}
    assert not {name for name in names if name.startswith("x-envoy")}
    assert "x-powered-by" not in names


def test_a_clients_request_identifier_is_kept(quiet: Live) -> None:
    assert post(quiet, **{"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert quiet.calls()[-1]["id"] == "mine-1"


def test_replicas_learn_neither_key_nor_envoys_headers(quiet: Live) -> None:
    post(quiet, **{"x-envoy-max-retries": "9", "x-llmdeploy-client": "somebody-else"})
    headers = quiet.calls()[-1]["headers"]
    assert "authorization" not in headers
    assert "x-envoy-max-retries" not in headers
    log = last_log_line(quiet, lambda line: line["client"] == "default")
    assert log["client"] == "default"


def test_clients_cannot_steer_envoys_retries_and_timeouts(quiet: Live) -> None:
    steering = {
        "x-envoy-upstream-rq-timeout-ms": "100",
        "x-envoy-upstream-rq-per-try-timeout-ms": "50",
        "x-envoy-hedge-on-per-try-timeout": "false",
    }
    assert post(quiet, {**BODY, "lag_s": 0.5}, **steering).status_code == 200


@pytest.mark.parametrize(("mark", "region"), [("eu", "local/b"), ("here", "local/a")])
def test_marked_requests_go_to_their_regions_from_every_entry(quiet: Live, mark: str, region: str) -> None:
    for entry in ("local/a", "local/b"):
        response = post(quiet, region=entry, **{"x-residency": mark})
        assert response.headers["x-llmdeploy-region"] == region


@pytest.mark.parametrize("mark", ["mars", "EU", "eu,here", ""])
def test_an_unknown_mark_is_refused_and_reaches_nobody(quiet: Live, mark: str) -> None:
    before = len(quiet.calls())
    response = post(quiet, **{"x-residency": mark})
    assert response.status_code == 400
    assert error(response)["message"] == (
        "unknown residency mark in header x-residency; this deployment knows: eu, here"
    )
    assert len(quiet.calls()) == before


@pytest.mark.parametrize("marks", [("eu", "here"), ("eu", "eu"), ("mars", "eu"), ("eu", "mars")])
def test_a_mark_given_twice_is_refused(quiet: Live, marks: tuple[str, str]) -> None:
    headers = [*AUTH.items(), *(("x-residency", mark) for mark in marks)]
    url = f"http://127.0.0.1:{quiet.port()}/v1/chat/completions"
    assert httpx.post(url, json=BODY, headers=headers).status_code == 400


def test_a_request_past_the_size_limit_is_refused(quiet: Live) -> None:
    limit = quiet.plan.overload.max_request_bytes
    before = len(quiet.calls())
    response = post(quiet, {**BODY, "messages": [{"role": "user", "content": "a" * limit}]})
    assert response.status_code == 413
    assert error(response)["message"] == f"the request is larger than {limit} bytes"
    assert len(quiet.calls()) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"stream"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_reaches_the_replica_unchanged(quiet: Live, body: bytes) -> None:
    url = f"http://127.0.0.1:{quiet.port()}/v1/chat/completions"
    headers = {**AUTH, "content-type": "application/json"}
    assert httpx.post(url, content=body, headers=headers).text == '{"error": {"message": "bad JSON"}}'


def test_the_access_log_holds_figures_but_neither_prompt_nor_key(quiet: Live) -> None:
    request_id = post(quiet, {**BODY, "stream": True}).headers["x-request-id"]
    line = last_log_line(quiet, lambda line: line["request_id"] == request_id)
    assert line["status"] == 200
    assert (line["entry"], line["region"], line["replica"]) == ("local/a", "local/a", "a-0")
    assert (line["method"], line["path"]) == ("POST", "/v1/chat/completions")
    assert line["stream"] is True
    assert line["tries"] == 1
    assert 0 <= line["ttft_ms"] <= line["duration_ms"]
    assert KEY not in quiet.log()
    assert "my secret prompt" not in quiet.log()


@pytest.mark.parametrize(
    ("body", "stream"),
    [
        (b'{"stream": true}', True),
        (b'{"messages": [], "stream"\n :\ttrue, "model": "chat"}', True),
        (b'{"stream": false}', False),
        (b'{"stream": null}', False),
        (b"{}", False),
        (b'{"stream_options": {"include_usage": true}}', False),
        (b'{"messages": [{"role": "user", "content": "\\"stream\\": true"}]}', False),
        (b'{"messages": [{"role": "user", "content": "\\"stream\\": true"}], "stream": true}', True),
        (b'{"model": "stream", "n": true}', False),
    ],
)
def test_a_stream_is_told_from_a_whole_answer(quiet: Live, body: bytes, stream: bool) -> None:
    url = f"http://127.0.0.1:{quiet.port()}/v1/chat/completions"
    headers = {**AUTH, "content-type": "application/json"}
    request_id = httpx.post(url, content=body, headers=headers).headers["x-request-id"]
    assert last_log_line(quiet, lambda line: line["request_id"] == request_id)["stream"] is stream


def test_the_query_of_a_path_is_not_logged(quiet: Live) -> None:
    get(quiet, "/v1/models?token=hidden-token", AUTH)
    last_log_line(quiet, lambda line: line["path"] == "/v1/models")
    assert "hidden-token" not in quiet.log()


def last_log_line(live: Live, wanted: Any) -> dict[str, Any]:
    """The newest line of the access log that is wanted; Envoy writes them half a second late."""
    found: list[dict[str, Any]] = []

    def seen() -> bool:
        lines = [json.loads(line) for line in live.log().splitlines() if line.endswith("}")]
        found[:] = [line for line in lines if wanted(line)]
        return bool(found)

    wait_until(seen, "the line in the access log", 20)
    return found[-1]
