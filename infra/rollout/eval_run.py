"""The cases of one quality gate, asked and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from llmdeploy.infra.rollout.ask import Answer, ask
from llmdeploy.infra.rollout.eval_result import Ended, EvalFailure, EvalResult
from llmdeploy.infra.rollout.judge_endpoint import JudgeEndpoint
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.serving.quality import Case, check_answer
from llmdeploy.serving.quality.case import excerpt
from llmdeploy.serving.spec.evaluation import Evaluation

MOST_SHOWN: Final = 5
"""Failures that are told in full."""
RETRY_PAUSE_S: Final = 0.5


class Hopeless(Exception):
    """Ends the workers: too few answers can still pass."""


@dataclass(slots=True)
class EvalRun:
    """Counts what workers find. `on_progress` is told how many cases are done, of how many."""

    target: CanaryTarget
    evaluation: Evaluation
    judge: JudgeEndpoint | None
    request_timeout_s: float
    total: int
    on_progress: Callable[[int, int], object]
    passed: int = 0
    failures: list[EvalFailure] = field(default_factory=list)

    async def work(
        self,
        session: aiohttp.ClientSession,
        judging: aiohttp.ClientSession | None,
        waiting: Iterator[Case],
    ) -> None:
        """Take cases until there are no more.

        Raises:
            Hopeless: `min_pass` cannot be reached any more.
        """
        for case in waiting:
            failure = await self._tried(session, judging, case)
            if failure is None:
                self.passed += 1
            else:
                self.failures.append(failure)
            self.on_progress(self.passed + len(self.failures), self.total)
            left = self.total - self.passed - len(self.failures)
            # As the judge of the rollout compares, so that rounding cannot part them.
            if left and (self.passed + left) / self.total < self.evaluation.min_pass:
                raise Hopeless

    def result(self, ended: Ended) -> EvalResult:
        """What has been found."""
        shown = sorted(self.failures, key=lambda failure: failure.line)[:MOST_SHOWN]
        return EvalResult(self.passed, len(self.failures), self.total, ended, tuple(shown))

    async def _tried(
        self, session: aiohttp.ClientSession, judging: aiohttp.ClientSession | None, case: Case
    ) -> EvalFailure | None:
        answer = await self._asked(session, case)
        if not answer.ok:
            return self._failure(case, answer, f"no answer: {answer.kind}: {answer.error}")
        if self.judge is not None and judging is not None:
            judgement = await self.judge.judge(judging, case, answer.text)
            if judgement.passed:
                return None
            why = judgement.error or "the judging model says FAIL"
            return self._failure(case, answer, why, excerpt(judgement.said, 500))
        result = check_answer(self.evaluation.check, case, answer.text)
        return None if result.passed else self._failure(case, answer, result.why)

    async def _asked(self, session: aiohttp.ClientSession, case: Case) -> Answer:
        answer = await self._sent(session, case)
        if answer.ok:
            return answer
        await asyncio.sleep(RETRY_PAUSE_S)
        return await self._sent(session, case)

    async def _sent(self, session: aiohttp.ClientSession, case: Case) -> Answer:
        body = {
            "model": self.target.model,
            "messages": list(case.messages),
            "max_tokens": self.evaluation.max_tokens,
            "temperature": 0,
            "stream": False,
        }
        target = self.target
        answer = await ask(
            session, target.completions, body, self.request_timeout_s, target.key, target.server_name
        )
        if answer.ok and not target.is_of(answer.replica, answer.revision):
            # The gateway knows no such canary: what users get now would be taken for what they would get.
            who = answer.replica or "a replica without a name"
            return Answer(error=f"{who} is not of {target}", kind="another version answered")
        return answer

    @staticmethod
    def _failure(case: Case, answer: Answer, why: str, verdict: str = "") -> EvalFailure:
        return EvalFailure(case.line, excerpt(case.prompt, 120), excerpt(answer.text), why, verdict)
