"""Google's runtimes: a dedicated endpoint of Vertex AI, and a service of Cloud Run."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from tests.infra.simulate.live.services.container import STREAM
from tests.infra.simulate.live.services.region import RUN_HOST, VERTEX_HOST, VERTEX_PATH, Region

from llmdeploy.infra.simulate.live.services.configuration import TokenFile
from llmdeploy.infra.simulate.live.services.renew import renew
from llmdeploy.infra.simulate.live.services.tokens import LIFE_S, BadToken, Tokens

CHAT = "/v1/chat/completions"


def call(
    region: Region, token: str, path: str = VERTEX_PATH, host: str = VERTEX_HOST, **more: object
) -> httpx.Response:
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}], **more}).encode()
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    return region.send(host, path + CHAT, body, headers)


def test_vertex_hands_on_any_path_and_streams_as_they_are(region: Region) -> None:
    whole = call(region, region.tokens.current())
    assert (whole.status_code, whole.json()["path"]) == (200, CHAT)
    assert whole.headers["x-llmdeploy-simulated"] == "vertex us-east-1"
    streamed = call(region, region.tokens.current(), stream=True)
    assert (streamed.headers["content-type"], streamed.text) == ("text/event-stream", STREAM)
    container = region.containers[streamed.headers["x-llmdeploy-replica"]]
    assert "authorization" not in container.seen[-1][1]
    refused = region.send(
        VERTEX_HOST,
        VERTEX_PATH + CHAT,
        json.dumps({"messages": [{"content": "refuse 400"}]}).encode(),
        {"authorization": f"Bearer {region.tokens.current()}"},
    )
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "too long")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "CREDENTIALS_MISSING"),
        ("ya29.another", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        ("{ended}", "ACCESS_TOKEN_EXPIRED"),
        ("{forged}", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        ("{identity}", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    ],
)
def test_vertex_takes_no_other_token(region: Region, token: str, reason: str) -> None:
    folder = region.folder
    if token == "{ended}":
        known = json.loads((folder / "tokens.json").read_text())
        token = Tokens(folder)._signed(known["key"], "", time.time() - LIFE_S - 1)
    elif token == "{forged}":
        token = region.tokens.current()[:-4] + "AAAA"
    elif token == "{identity}":
        token = region.tokens.current(f"https://{VERTEX_HOST}")
    answer = call(region, token)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (401, 401, "UNAUTHENTICATED")
    assert error["details"][0]["reason"] == reason


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("simulated-project", "another-project"),
        ("europe-west4", "europe-west1"),
        ("endpoints/4242", "endpoints/4243"),
    ],
)
def test_vertex_denies_what_is_elsewhere(region: Region, part: str, other: str) -> None:
    answer = call(region, region.tokens.current(), VERTEX_PATH.replace(part, other))
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "aiplatform.endpoints.predict" in answer.text


def test_vertex_refuses_on_purpose_and_what_is_too_long(region: Region) -> None:
    region.refuse("throttled", name="vertex", times=1)
    answer = call(region, region.tokens.current())
    assert (answer.status_code, answer.json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert call(region, region.tokens.current()).status_code == 200
    too_long = region.send(
        VERTEX_HOST,
        VERTEX_PATH + CHAT,
        b"x" * 10_000_001,
        {"authorization": f"Bearer {region.tokens.current()}"},
    )
    assert (too_long.status_code, too_long.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_cloud_run_asks_for_a_token_made_for_it(region: Region) -> None:
    own = region.tokens.current(f"https://{RUN_HOST}")
    answer = call(region, own, "", RUN_HOST)
    assert (answer.status_code, answer.json()["path"]) == (200, CHAT)
    assert call(region, own, "", RUN_HOST, stream=True).text == STREAM
    assert call(region, "", "", RUN_HOST).status_code == 403
    for other in (region.tokens.current("https://another.a.run.app"), region.tokens.current(), "nonsense"):
        refused = call(region, other, "", RUN_HOST)
        assert refused.status_code == 401
        assert "invalid_token" in refused.headers["www-authenticate"]


def test_a_token_is_the_same_until_half_of_its_life_is_over(region: Region) -> None:
    tokens, now = Tokens(region.folder), time.time()
    first = tokens.current("https://a", now)
    assert tokens.current("https://a", now + 1700) == first
    later = tokens.current("https://a", now + 1900)
    assert later != first
    tokens.check(first, "https://a", now + 3500)
    with pytest.raises(BadToken):
        tokens.check(first, "https://a", now + 3601)
    tokens.check(later, "https://a", now + 3601)


def test_a_gateways_file_gets_another_token_in_time(region: Region) -> None:
    path, now = region.folder / "token.yaml", time.time()
    file = TokenFile(path=str(path), text="bearer: {one}\n", slots={"{one}": "https://b"})
    assert not renew(file, region.tokens, now), "the gateway is not there yet"
    path.write_text("bearer: {one}\n")
    assert renew(file, region.tokens, now)
    assert not renew(file, region.tokens, now + 60)
    first = path.read_text()
    assert renew(file, region.tokens, now + 3 * 3600)
    region.tokens.check(path.read_text().split()[1], "https://b", now + 3 * 3600 + 1800)
    assert path.read_text() != first
