"""Warms a canary up: real generations, until each of its replicas has answered more than once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from llmdeploy.infra.rollout.ask import ask
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.infra.rollout.warmth import Warmth
from llmdeploy.serving.errors import LlmdeployError

MAX_TOKENS: Final = 32
"""Of an answer: decoding has then run with the shapes that it will have."""
MOST_AT_ONCE: Final = 16
SHORTEST_PAUSE_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class WarmLimits:
    """When warming up ends at the latest.

    Args:
        timeout_s: in all. An engine compiles and captures its graphs in minutes at most.
        request_timeout_s: of one request.
        tries: requests for each replica.
        longest_pause_s: between requests that bring nothing new, so that who fails at once is not flooded.
        long_words: of the long prompt. It is halved as long as it does not fit into the context.
    """

    timeout_s: float = 300.0
    request_timeout_s: float = 120.0
    tries: int = 100
    longest_pause_s: float = 2.0
    long_words: int = 256


@dataclass(frozen=True, slots=True)
class Warmed:
    """A canary whose replicas have all answered.

    Args:
        answers: by replica; one empty name where answers do not tell who gave them.
        failed: requests that were not answered, or by another version.
        told_apart: whether every replica was seen to answer. False behind a cloud's balancer, which does not
            say whom it asked: then there were enough answers for all.
        first_tokens_s: seconds to the first token, of the first and of the last answer that had one.
    """

    answers: Mapping[str, int]
    failed: int
    seconds: float
    told_apart: bool
    first_tokens_s: tuple[float, ...]


class NotWarmed(LlmdeployError):
    """A replica of the canary has not answered, or not often enough.

    Args:
        answers: by replica.
        errors: how often each kind of error came.
    """

    def __init__(
        self, problem: str, mend: str, answers: Mapping[str, int], errors: Mapping[str, int]
    ) -> None:
        self.answers = answers
        self.errors = errors
        super().__init__(problem, mend)


class _Enough(Exception):
    """Ends the workers."""


async def warm(
    target: CanaryTarget,
    on_progress: Callable[[str], object] = lambda line: None,
    limits: WarmLimits | None = None,
) -> Warmed:
    """Send short and long prompts, streamed, until each replica has answered both kinds.

    The prompts are the same each time: a replica's first answers load what is loaded late and capture its
    graphs, later ones find the prompt in its cache.

    Raises:
        NotWarmed: within the limits, not every replica did.
    """
    limits = limits or WarmLimits()
    warmth = Warmth(target, limits.long_words)
    start = time.monotonic()
    async with target.session(MOST_AT_ONCE) as session:
        try:
            async with asyncio.timeout(limits.timeout_s), asyncio.TaskGroup() as workers:
                numbers = iter(range(limits.tries * max(1, target.count)))
                for _ in range(min(MOST_AT_ONCE, 2 * max(1, target.count))):
                    workers.create_task(_work(session, target, warmth, numbers, limits, on_progress))
        except* _Enough:
            pass
        except* TimeoutError:
            pass
    seconds = time.monotonic() - start
    if not warmth.whole:
        raise _not_warmed(target, warmth, seconds)
    return Warmed(
        dict(warmth.answers),
        warmth.errors.total(),
        seconds,
        warmth.told_apart,
        tuple(warmth.first_tokens_s[:1] + warmth.first_tokens_s[-1:]),
    )


async def _work(
    session: aiohttp.ClientSession,
    target: CanaryTarget,
    warmth: Warmth,
    numbers: Iterator[int],
    limits: WarmLimits,
    tell: Callable[[str], object],
) -> None:
    pause = SHORTEST_PAUSE_S
    for number in numbers:
        # A balancer that goes round would send each second one to the same replicas.
        long = number // max(1, target.count) % 2 == 1
        body = _body(target, warmth.prompt(long))
        warmth.under_way += 1
        answer = await ask(
            session, target.completions, body, limits.request_timeout_s, target.key, target.server_name
        )
        warmth.under_way -= 1
        before = warmth.warm
        nearer = warmth.take(answer, long)
        if warmth.warm > before or (warmth.whole and not warmth.told_apart):
            tell(f"{target}: {_progress(target, warmth)}")
        if warmth.whole or warmth.refused:
            raise _Enough
        pause = SHORTEST_PAUSE_S if nearer else min(limits.longest_pause_s, pause * 1.5)
        if not nearer:
            await asyncio.sleep(pause)


def _body(target: CanaryTarget, prompt: str) -> dict[str, Any]:
    return {
        "model": target.model,
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": MAX_TOKENS,
        "temperature": 0,
        "stream": True,
    }


def _progress(target: CanaryTarget, warmth: Warmth) -> str:
    if not warmth.told_apart:
        return f"{warmth.answers.total()} answers, enough for {target.count} replicas"
    return f"{warmth.warm} of {target.count} replicas warm"


def _not_warmed(target: CanaryTarget, warmth: Warmth, seconds: float) -> NotWarmed:
    who = ", ".join(warmth.missing) or f"{target.count - warmth.warm} of {target.count} replicas"
    answered = ", ".join(f"{name or 'unnamed'} {count}" for name, count in sorted(warmth.answers.items()))
    silent = f", {warmth.under_way} requests without an end" if warmth.under_way else ""
    failed = ", ".join(f"{kind} {count}" for kind, count in warmth.errors.most_common())
    problem = (
        f"{target} is not warm after {seconds:.0f} s: {who} did not answer often enough "
        f"(answers: {answered or 'none'}; errors: {failed or 'none'}{silent}"
        f"{f', the last: {warmth.last_error}' if warmth.last_error else ''})"
    )
    return NotWarmed(problem, _mend(target, warmth), dict(warmth.answers), dict(warmth.errors))


def _mend(target: CanaryTarget, warmth: Warmth) -> str:
    if warmth.refused and warmth.errors["status 404"]:
        return f"see whether it serves the model {target.model}"
    if warmth.refused:
        return "the key was rotated or belongs to another deployment: see `llmdeploy key SPEC`"
    return "see what its replicas say: `llmdeploy logs SPEC`"
