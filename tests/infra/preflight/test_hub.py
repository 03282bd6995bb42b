"""The hub's answers, as it gives them, and a token that goes nowhere else."""

from __future__ import annotations

import httpx
import pytest

from llmdeploy.infra.preflight.clouds.errors import NoAnswer
from llmdeploy.infra.preflight.clouds.hub import HttpHub

TOKEN = "hf_canary"


def hub(*answers, token=""):
    asked = []
    given = list(answers)

    def answer(request):
        asked.append(request)
        found = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(found, Exception):
            raise found
        return found

    client = httpx.Client(transport=httpx.MockTransport(answer))
    return HttpHub(token, client=client, sleep=lambda seconds: None), asked


@pytest.mark.parametrize(
    ("status", "code", "access"),
    [
        (200, "", "open"),
        (302, "", "open"),
        (401, "GatedRepo", "gated"),
        (403, "GatedRepo", "gated"),
        (401, "RepoNotFound", "missing"),
        (404, "RepoNotFound", "missing"),
        (404, "RevisionNotFound", "no-revision"),
        (404, "EntryNotFound", "open"),
        (401, "", "missing"),
    ],
)
def test_access(status, code, access):
    made, asked = hub(httpx.Response(status, headers={"x-error-code": code} if code else {}))
    assert made.access("acme/chat", None) == access
    assert (asked[0].method, str(asked[0].url)) == (
        "HEAD",
        "https://huggingface.co/acme/chat/resolve/main/config.json",
    )


def test_a_revision_with_a_slash_is_one_part_of_the_address():
    made, asked = hub(httpx.Response(200))
    made.access("acme/chat", "refs/pr/1")
    assert asked[0].url.raw_path == b"/acme/chat/resolve/refs%2Fpr%2F1/config.json"


def test_the_token_goes_to_the_hub_and_not_after_a_redirect():
    away = httpx.Response(307, headers={"location": "https://cdn.test/config.json"})
    made, asked = hub(away, token=TOKEN)
    assert made.has_token()
    assert made.access("acme/chat", None) == "open"
    assert [request.headers["authorization"] for request in asked] == [f"Bearer {TOKEN}"]


def test_a_busy_hub_is_asked_again():
    made, asked = hub(httpx.Response(429), httpx.ConnectTimeout("slow"), httpx.Response(200))
    assert made.access("acme/chat", None) == "open"
    assert len(asked) == 3


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.ConnectError(f"cannot send {TOKEN}")])
def test_no_answer_does_not_tell_the_token(answer):
    made, _ = hub(answer, token=TOKEN)
    with pytest.raises(NoAnswer) as refused:
        made.access("acme/chat", None)
    assert refused.value.problem.startswith("no answer from huggingface.co (")
    assert TOKEN not in str(refused.value)
