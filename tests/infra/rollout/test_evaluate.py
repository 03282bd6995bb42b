"""The quality gate against a real server: what is asked, what is counted, and that it always ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from tests.infra.rollout.canary_gateway import (
    KEY,
    REVISION,
    CanaryGateway,
    Replica,
    failing,
    good,
    hanging,
    serving,
)

from llmdeploy.infra.rollout.evaluate import EvalLimits, evaluate, ready_judge
from llmdeploy.infra.rollout.judge_endpoint import JudgeKeyMissing
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.serving.quality import Case
from llmdeploy.serving.spec.evaluation import Evaluation

NAMES = ("a-green-0", "a-green-1")
SUMS = {"1 + 1": "2", "2 + 2": "4", "3 + 3": "6", "4 + 4": "8"}


def target(url: str, **changes: Any) -> CanaryTarget:
    given = {"url": url, "model": "chat", "revision": REVISION, "replicas": NAMES, "key": KEY} | changes
    return CanaryTarget(**given)


def exact(**changes: Any) -> Evaluation:
    return Evaluation.model_validate({"prompts": "gate.jsonl", "check": "exact", "min_pass": 0.0} | changes)


def case(line: int, prompt: str, **given: Any) -> Case:
    return Case(line, ({"role": "user", "content": prompt},), **given)


def sums() -> list[Case]:
    return [case(line, prompt, expect=answer) for line, (prompt, answer) in enumerate(SUMS.items(), start=1)]


async def counting(body: dict[str, Any]) -> str:
    """Knows its sums, but for one."""
    prompt = body["messages"][-1]["content"]
    return "7\n" if prompt == "3 + 3" else f" {SUMS[prompt]}\n"


def canary(replica: Replica) -> CanaryGateway:
    return CanaryGateway(dict.fromkeys(NAMES, replica))


async def test_what_is_asked_and_counted() -> None:
    gateway = canary(counting)
    done: list[tuple[int, int]] = []
    async with serving(gateway.answer) as url:
        result = await evaluate(
            target(url), exact(max_tokens=9), sums(), on_progress=lambda *so_far: done.append(so_far)
        )
    assert (result.passed, result.failed, result.total, result.ended) == (3, 1, 4, "whole")
    assert [str(failure) for failure in result.failures] == [
        'line 3: "3 + 3" was answered "7": expected "6", got "7"'
    ]
    assert str(result) == "3 of 4 answers passed"
    assert result.share == 0.75
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {(body["max_tokens"], body["temperature"], body["stream"]) for body in gateway.bodies} == {
        (9, 0, False)
    }
    assert set(gateway.sent_to) == set(NAMES)


async def test_a_whole_conversation_is_sent() -> None:
    gateway = canary(good)
    messages = ({"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello."})
    asked = Case(1, messages, pattern="Hello")
    async with serving(gateway.answer) as url:
        result = await evaluate(target(url), exact(check="regex"), [asked])
    assert result.passed == 1
    assert gateway.bodies[0]["messages"] == list(messages)


async def test_no_more_at_once_than_asked_for() -> None:
    async def slow(body: dict[str, Any]) -> str:
        await asyncio.sleep(0.02)
        return "b"

    gateway = canary(slow)
    async with serving(gateway.answer) as url:
        await evaluate(
            target(url), exact(), [case(line, "a", expect="b") for line in range(40)], concurrency=3
        )
    assert gateway.most_at_once == 3
    assert len(gateway.bodies) == 40


async def test_one_failure_of_transport_is_forgiven_and_two_are_not() -> None:
    tries: dict[str, int] = {}

    async def at_second(body: dict[str, Any]) -> str:
        prompt = body["messages"][-1]["content"]
        tries[prompt] = tries.get(prompt, 0) + 1
        if prompt == "never" or tries[prompt] == 1:
            raise web.HTTPBadGateway(text=f"no {KEY} here")
        return "here"

    gateway = canary(at_second)
    async with serving(gateway.answer) as url:
        result = await evaluate(
            target(url), exact(), [case(1, "second", expect="here"), case(2, "never", expect="here")]
        )
    assert (result.passed, result.failed) == (1, 1)
    assert str(result.failures[0]) == 'line 2: "never": no answer: status 502: no [key] here'
    assert tries == {"second": 2, "never": 2}


async def test_answers_of_another_version_do_not_pass() -> None:
    gateway = canary(good)
    gateway.revision = "another"
    async with serving(gateway.answer) as url:
        result = await evaluate(target(url), exact(), [case(1, "a", expect="as always")])
    assert result.passed == 0
    assert result.failures[0].why == (
        f"no answer: another version answered: a-0 is not of revision {REVISION}"
    )


async def test_stable_can_be_asked_too() -> None:
    gateway = canary(failing)
    async with serving(gateway.answer) as url:
        stable = target(url, revision="", replicas=("a-0",))
        result = await evaluate(stable, exact(), [case(1, "a", expect="as always")])
    assert result.passed == 1


async def test_it_ends_when_too_few_can_still_pass() -> None:
    gateway = canary(good)
    cases = [case(line, "a", expect="b") for line in range(1, 101)]
    async with serving(gateway.answer) as url:
        result = await evaluate(target(url), exact(min_pass=0.95), cases, concurrency=2)
    assert result.ended == "hopeless"
    assert result.failed == 6
    assert len(gateway.bodies) <= 8
    assert str(result) == "0 of 100 answers passed; 94 were not asked, as too few could still pass"
    assert [failure.line for failure in result.failures] == [1, 2, 3, 4, 5]


async def test_exactly_enough_is_enough() -> None:
    gateway = canary(good)
    cases = [case(line, "a", expect="b" if line < 5 else "You said: a") for line in range(100)]
    async with serving(gateway.answer) as url:
        result = await evaluate(target(url), exact(min_pass=0.95), cases)
    assert (result.passed, result.failed, result.ended) == (95, 5, "whole")


async def test_a_canary_that_hangs_ends_with_the_time() -> None:
    start = time.monotonic()
    async with serving(canary(hanging).answer) as url:
        result = await evaluate(target(url), exact(), sums(), limits=EvalLimits(timeout_s=0.5))
    assert time.monotonic() - start < 15
    assert (result.passed, result.failed, result.ended) == (0, 0, "time")
    assert str(result) == "0 of 4 answers passed; 4 got no answer in time"


async def test_a_request_that_hangs_fails_by_itself() -> None:
    async with serving(canary(hanging).answer) as url:
        result = await evaluate(target(url), exact(), sums()[:1], limits=EvalLimits(request_timeout_s=0.2))
    assert result.failures[0].why == "no answer: timeout: no end after 0.2 s"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{}", "broken: an answer without choices"),
        (b'{"choices": []}', "broken: an answer without choices"),
        (b"[]", "broken: an answer without choices"),
        (b"well", "broken: not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"x" * (5 << 20), "broken: the answer does not end"),
    ],
)
async def test_an_answer_that_is_none(content: bytes, why: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, headers={"x-llmdeploy-replica": "a-green-0"})

    async with serving(answer) as url:
        result = await evaluate(target(url), exact(), sums()[:1])
    assert result.failures[0].why == f"no answer: {why}"


class TestJudgeEndpoint:
    """Another model decides."""

    def evaluation(self, url: str, **changes: Any) -> Evaluation:
        judged = {"check": "judge-endpoint", "endpoint": url, "model": "judge", "key_env": "JUDGE_API_KEY"}
        return exact(**judged | changes)

    async def test_its_verdict_counts_and_its_words_are_kept(self) -> None:
        asked: list[tuple[dict[str, Any], dict[str, str]]] = []

        async def judge(request: web.Request) -> web.StreamResponse:
            body = await request.json()
            asked.append((body, dict(request.headers)))
            verdict = "It is rude.\nFAIL" if "rude" in body["messages"][-1]["content"] else "Well said.\nPASS"
            return web.json_response({"choices": [{"message": {"content": verdict}}]})

        cases = [case(1, "polite", criteria="Be kind."), case(2, "rude")]
        async with serving(canary(good).answer) as url, serving(judge) as endpoint:
            environ = {"JUDGE_API_KEY": "sk-of-the-judge"}
            result = await evaluate(target(url), self.evaluation(endpoint), cases, environ=environ)
        assert (result.passed, result.failed) == (1, 1)
        assert result.failures[0].verdict == "It is rude. FAIL"
        assert str(result.failures[0]) == (
            'line 2: "rude" was answered "You said: rude": the judging model says FAIL ("It is rude. FAIL")'
        )
        assert {headers["Authorization"] for _, headers in asked} == {"Bearer sk-of-the-judge"}
        assert not any("x-llmdeploy-revision" in {name.lower() for name in headers} for _, headers in asked)
        body = next(body for body, _ in asked if "polite" in body["messages"][-1]["content"])
        assert body["model"] == "judge"
        assert "Be kind." in body["messages"][-1]["content"]
        assert "You said: polite" in body["messages"][-1]["content"]

    async def test_one_that_says_neither_does_not_pass(self) -> None:
        async def judge(request: web.Request) -> web.StreamResponse:
            return web.json_response({"choices": [{"message": {"content": "Perhaps."}}]})

        async with serving(canary(good).answer) as url, serving(judge) as endpoint:
            evaluation = self.evaluation(endpoint, key_env=None)
            result = await evaluate(target(url), evaluation, [case(1, "a")], environ={})
        assert result.failures[0].why == "the judge said neither PASS nor FAIL"
        assert result.failures[0].verdict == "Perhaps."

    async def test_one_that_refuses_is_told_without_its_key(self) -> None:
        async def judge(request: web.Request) -> web.StreamResponse:
            raise web.HTTPUnauthorized(text=f"wrong: {request.headers['authorization']}")

        async with serving(canary(good).answer) as url, serving(judge) as endpoint:
            environ = {"JUDGE_API_KEY": "sk-of-the-judge"}
            result = await evaluate(target(url), self.evaluation(endpoint), [case(1, "a")], environ=environ)
        assert result.failures[0].why == "the judge gave no verdict: status 401: wrong: Bearer [key]"

    async def test_one_that_is_busy_is_asked_again(self) -> None:
        times = 0

        async def judge(request: web.Request) -> web.StreamResponse:
            nonlocal times
            times += 1
            if times == 1:
                raise web.HTTPTooManyRequests
            return web.json_response({"choices": [{"message": {"content": "PASS"}}]})

        async with serving(canary(good).answer) as url, serving(judge) as endpoint:
            evaluation = self.evaluation(endpoint, key_env=None)
            result = await evaluate(target(url), evaluation, [case(1, "a")], environ={})
        assert (result.passed, times) == (1, 2)

    async def test_a_bad_answer_of_the_canary_is_not_judged(self) -> None:
        asked = 0

        async def judge(request: web.Request) -> web.StreamResponse:
            nonlocal asked
            asked += 1
            return web.json_response({"choices": [{"message": {"content": "PASS"}}]})

        async with serving(canary(failing).answer) as url, serving(judge) as endpoint:
            evaluation = self.evaluation(endpoint, key_env=None)
            result = await evaluate(target(url), evaluation, [case(1, "a")], environ={})
        assert (result.passed, asked) == (0, 0)

    def test_a_key_that_is_not_set_is_told_before_anything_is_asked(self) -> None:
        with pytest.raises(JudgeKeyMissing) as raised:
            ready_judge(self.evaluation("https://api.example.com/v1"), {"JUDGE_API_KEY": " "})
        assert str(raised.value) == (
            "rollout.eval.key_env names JUDGE_API_KEY, which is not set; "
            "set JUDGE_API_KEY to the key of https://api.example.com/v1"
        )

    def test_the_key_is_not_shown(self) -> None:
        judge = ready_judge(
            self.evaluation("https://api.example.com/v1/"), {"JUDGE_API_KEY": "sk-of-the-judge"}
        )
        assert "sk-of-the-judge" not in repr(judge)
        assert judge is not None
        assert judge.url == "https://api.example.com/v1/chat/completions"


def test_other_checks_ask_nobody() -> None:
    assert ready_judge(exact(), {}) is None


async def test_no_cases_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no cases"):
        await evaluate(target("http://127.0.0.1:9"), exact(), [])
