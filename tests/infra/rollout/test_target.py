"""Fronts that have signed their own certificate are trusted when it is given, and no others; answers of other
versions are told from the canary's.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from aiohttp import web

from llmdeploy.infra.provider.certificate import signed
from llmdeploy.infra.rollout.ask import ask
from llmdeploy.infra.rollout.target import CanaryTarget

BODY = {"messages": [{"role": "user", "content": "hello"}], "stream": False}


async def answer(request: web.Request) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": "hello"}}]})


async def test_a_front_is_verified_with_its_own_certificate(tmp_path: Path) -> None:
    own, other = signed(("front.chat.internal",)), signed(("front.chat.internal",))
    (tmp_path / "front.pem").write_text(own["certificate"] + own["private_key"])
    front = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    front.load_cert_chain(tmp_path / "front.pem")
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=front).start()
    try:
        url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        seen = {}
        for name, trusted, server_name in (
            ("own", own["certificate"], "front.chat.internal"),
            ("other", other["certificate"], "front.chat.internal"),
            ("none", None, "front.chat.internal"),
            ("its host", own["certificate"], None),
            ("another name", own["certificate"], "front.other.internal"),
        ):
            target = CanaryTarget(url, "chat", "6f6073b", 1, trusted=trusted, server_name=server_name)
            async with target.session(1) as session:
                seen[name] = await ask(session, target.completions, BODY, 5, None, target.server_name)
    finally:
        await runner.cleanup()
    assert seen["own"].text == "hello"
    refused = {name: answer.kind for name, answer in seen.items() if name != "own"}
    assert refused == dict.fromkeys(("other", "none", "its host", "another name"), "connection")


@pytest.mark.parametrize(
    ("replicas", "replica", "revision", "is_of"),
    [
        (("a-green-0",), "a-green-0", "6f6073b", True),
        (("a-green-0",), "a-0", "6f6073b", False),
        (2, "aws/us-east-1", "6f6073b", True),
        (2, "aws/us-east-1", "", False),
        (2, "aws/us-east-1", "0123456", False),
    ],
    ids=["by name", "another's name", "by revision", "not pinned", "pinned to another"],
)
def test_an_answer_is_the_canarys_by_its_name_or_by_what_it_was_pinned_to(
    replicas, replica, revision, is_of
) -> None:
    target = CanaryTarget("http://gateway", "chat", "6f6073b", replicas)
    assert target.is_of(replica, revision) is is_of
