"""Fronts that have signed their own certificate are trusted when it is given, and no others."""

from __future__ import annotations

import ssl
from pathlib import Path

from aiohttp import web

from llmdeploy.infra.provider.certificate import signed
from llmdeploy.infra.rollout.ask import ask
from llmdeploy.infra.rollout.target import CanaryTarget

BODY = {"messages": [{"role": "user", "content": "hello"}], "stream": False}


async def answer(request: web.Request) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": "hello"}}]})


async def test_a_front_is_verified_with_its_own_certificate(tmp_path: Path) -> None:
    own, other = signed(("127.0.0.1",)), signed(("127.0.0.1",))
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
        for name, trusted in (("own", own["certificate"]), ("other", other["certificate"]), ("none", None)):
            target = CanaryTarget(url, "chat", "6f6073b", 1, trusted=trusted)
            async with target.session(1) as session:
                seen[name] = await ask(session, target.completions, BODY, 5, None)
    finally:
        await runner.cleanup()
    assert seen["own"].text == "hello"
    assert {name: seen[name].kind for name in ("other", "none")} == {
        "other": "connection",
        "none": "connection",
    }
