"""Warming up a canary behind a real server: good ones, and those of which a replica never answers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from aiohttp import web
from tests.infra.rollout.canary_gateway import KEY, REVISION, CanaryGateway, failing, good, hanging, serving

from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.infra.rollout.warm import NotWarmed, WarmLimits, warm

NAMES = ("a-green-0", "a-green-1")


def target(url: str, replicas: tuple[str, ...] | int = NAMES, **changes: Any) -> CanaryTarget:
    given = {"url": url, "model": "chat", "revision": REVISION, "replicas": replicas, "key": KEY} | changes
    return CanaryTarget(**given)


async def not_warmed(gateway: CanaryGateway, limits: WarmLimits, **changes: Any) -> NotWarmed:
    async with serving(gateway.answer) as url:
        with pytest.raises(NotWarmed) as raised:
            await warm(target(url, **changes), limits=limits)
    assert KEY not in str(raised.value)
    return raised.value


async def test_every_replica_answers_short_and_long_prompts_twice() -> None:
    gateway = CanaryGateway(dict.fromkeys(NAMES, good))
    told: list[str] = []
    async with serving(gateway.answer) as url:
        warmed = await warm(target(url), told.append)
    assert set(warmed.answers) == set(NAMES)
    assert all(count >= 2 for count in warmed.answers.values())
    assert warmed.told_apart
    assert warmed.failed == 0
    assert all(seconds > 0 for seconds in warmed.first_tokens_s)
    assert told[-1] == f"revision {REVISION}: 2 of 2 replicas warm"
    assert all(body["stream"] and body["model"] == "chat" for body in gateway.bodies)
    lengths = {len(body["messages"][0]["content"]) for body in gateway.bodies}
    assert len(lengths) == 2
    assert max(lengths) > 50 * min(lengths)


async def test_the_address_may_lack_its_version() -> None:
    gateway = CanaryGateway(dict.fromkeys(NAMES, good))
    async with serving(gateway.answer) as url:
        assert (await warm(target(f"{url.removesuffix('/v1')}/"))).failed == 0


async def test_a_count_of_replicas_is_enough() -> None:
    gateway = CanaryGateway(dict.fromkeys((*NAMES, "a-green-2"), good))
    async with serving(gateway.answer) as url:
        warmed = await warm(target(url, 3))
    assert len(warmed.answers) == 3
    assert warmed.told_apart


async def test_a_balancer_that_hides_its_replicas_gets_enough_requests_for_all() -> None:
    gateway = CanaryGateway(dict.fromkeys(NAMES, good), named=False)
    async with serving(gateway.answer) as url:
        warmed = await warm(target(url, 2))
    assert not warmed.told_apart
    assert min(gateway.sent_to.values()) >= 8
    assert gateway.sent_to.total() < 40


async def test_a_failing_replica_that_is_hidden_is_found() -> None:
    gateway = CanaryGateway({"a-green-0": good, "a-green-1": failing}, named=False)
    error = await not_warmed(gateway, WarmLimits(tries=20), replicas=2)
    assert error.errors["status 500"] >= 10


async def test_a_prompt_that_does_not_fit_is_made_shorter() -> None:
    async def short_of_context(body: dict[str, Any]) -> str:
        if len(body["messages"][0]["content"]) > 400:
            raise web.HTTPBadRequest(text="the prompt is longer than the context")
        return "well"

    gateway = CanaryGateway(dict.fromkeys(NAMES, short_of_context))
    async with serving(gateway.answer) as url:
        warmed = await warm(target(url))
    assert warmed.failed == 0
    accepted = [len(body["messages"][0]["content"]) for body in gateway.bodies]
    assert any(100 < length <= 400 for length in accepted)


async def test_a_replica_that_is_never_reached_is_named() -> None:
    gateway = CanaryGateway({"a-green-0": good})
    error = await not_warmed(gateway, WarmLimits(timeout_s=1.5))
    beginning = "is not warm after 2 s: a-green-1 did not answer often enough (answers: a-green-0 "
    assert str(error).startswith(f"revision {REVISION} {beginning}")
    assert str(error).endswith("errors: none); see what its replicas say: `llmdeploy logs SPEC`")
    assert error.answers["a-green-0"] >= 2
    assert gateway.sent_to["a-green-0"] < 60  # it is not flooded meanwhile


async def test_a_replica_that_comes_late_is_waited_for() -> None:
    born = time.monotonic() + 0.7

    async def late(body: dict[str, Any]) -> str:
        if time.monotonic() < born:
            raise web.HTTPServiceUnavailable(text="loading")
        return "here"

    gateway = CanaryGateway({"a-green-0": good, "a-green-1": late})
    async with serving(gateway.answer) as url:
        warmed = await warm(target(url))
    assert warmed.failed > 0
    assert time.monotonic() > born


async def test_errors_are_counted_and_told() -> None:
    gateway = CanaryGateway({"a-green-0": good, "a-green-1": failing})
    error = await not_warmed(gateway, WarmLimits(tries=6))
    assert error.errors == {"status 500": gateway.sent_to["a-green-1"]}
    assert f"errors: status 500 {error.errors['status 500']}, the last: out of memory)" in str(error)


async def test_a_replica_that_hangs_ends_with_the_time() -> None:
    gateway = CanaryGateway({"a-green-0": good, "a-green-1": hanging})
    start = time.monotonic()
    error = await not_warmed(gateway, WarmLimits(timeout_s=1.5, request_timeout_s=0.3))
    assert time.monotonic() - start < 15
    assert error.errors["timeout"] >= 2


async def test_hanging_requests_do_not_outlive_the_limit() -> None:
    start = time.monotonic()
    error = await not_warmed(CanaryGateway(dict.fromkeys(NAMES, hanging)), WarmLimits(timeout_s=0.5))
    assert time.monotonic() - start < 15
    assert "(answers: none; errors: none, 4 requests without an end)" in str(error)


async def test_answers_of_another_version_warm_nothing() -> None:
    gateway = CanaryGateway(dict.fromkeys(NAMES, good))
    gateway.revision = "another"
    error = await not_warmed(gateway, WarmLimits(tries=4))
    assert error.answers == {}
    assert set(error.errors) == {"answered by a-0"}


async def test_a_wrong_key_ends_it_soon() -> None:
    gateway = CanaryGateway(dict.fromkeys(NAMES, good))
    error = await not_warmed(gateway, WarmLimits(tries=1000, longest_pause_s=0.1), key="sk-secret")
    assert "sk-secret" not in str(error)
    assert "the last: " in str(error)
    assert "not Bearer [key]" in str(error)
    assert error.mend == "the key was rotated or belongs to another deployment: see `llmdeploy key SPEC`"
    assert error.errors["status 401"] < 30


async def test_nobody_listens() -> None:
    with pytest.raises(NotWarmed, match="connection"):
        await warm(target("http://127.0.0.1:9/v1"), limits=WarmLimits(tries=2))


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(target("http://127.0.0.1:1/v1"))
