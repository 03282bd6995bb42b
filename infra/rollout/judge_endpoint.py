"""Asks another model whether an answer is good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from llmdeploy.infra.rollout.ask import Answer, ask
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.quality.case import Case
from llmdeploy.serving.quality.rubric import question, verdict_of
from llmdeploy.serving.spec.evaluation import Evaluation

PAUSES_S: Final = (1.0, 4.0)
"""Before asking again: public APIs limit how often they are asked."""


class JudgeKeyMissing(LlmdeployError):
    """The environment does not hold the key of the judging endpoint."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judging model said of an answer; `passed` is None when it said neither, or nothing."""

    passed: bool | None
    said: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class JudgeEndpoint:
    """The API that judges.

    Args:
        pauses_s: before each further try.
    """

    url: str
    model: str
    timeout_s: float
    key: str | None = field(repr=False)
    pauses_s: tuple[float, ...] = PAUSES_S

    @classmethod
    def of(cls, evaluation: Evaluation, environ: Mapping[str, str], timeout_s: float) -> JudgeEndpoint | None:
        """The endpoint that an evaluation names; None where its check asks nobody.

        Raises:
            JudgeKeyMissing: the variable that it names is not set.
        """
        if evaluation.check != "judge-endpoint":
            return None
        key = environ.get(evaluation.key_env, "").strip() if evaluation.key_env else None
        if key == "":
            raise JudgeKeyMissing(
                f"rollout.eval.key_env names {evaluation.key_env}, which is not set",
                f"set {evaluation.key_env} to the key of {evaluation.endpoint}",
            )
        url = f"{(evaluation.endpoint or '').rstrip('/')}/chat/completions"
        return cls(url, evaluation.model or "", timeout_s, key)

    def session(self, clients: int) -> aiohttp.ClientSession:
        """Connections for so many requests at once."""
        return aiohttp.ClientSession(
            headers={"authorization": f"Bearer {self.key}"} if self.key else {},
            connector=aiohttp.TCPConnector(limit=clients),
            trust_env=True,  # a public API may be behind a proxy
        )

    async def judge(self, session: aiohttp.ClientSession, case: Case, text: str) -> Judgement:
        """Ask whether a text answers a case well; again while the endpoint is busy or silent."""
        answer = await self._ask(session, case, text)
        for pause in self.pauses_s:
            if answer.ok or not _passing(answer):
                break
            await asyncio.sleep(pause)
            answer = await self._ask(session, case, text)
        if not answer.ok:
            return Judgement(None, "", f"the judge gave no verdict: {answer.kind}: {answer.error}")
        passed = verdict_of(answer.text)
        return Judgement(
            passed, answer.text, "" if passed is not None else "the judge said neither PASS nor FAIL"
        )

    async def _ask(self, session: aiohttp.ClientSession, case: Case, text: str) -> Answer:
        # No limit of tokens: models that think first need thousands, and newer APIs call it something else.
        body = {"model": self.model, "messages": question(case, text), "temperature": 0, "stream": False}
        return await ask(session, self.url, body, self.timeout_s, self.key)


def _passing(answer: Answer) -> bool:
    """Whether the reason may be gone in a moment."""
    return answer.status in (None, 200, 408, 425, 429) or answer.status >= 500
