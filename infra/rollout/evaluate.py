"""Runs the quality gate: asks a canary the prompts, and holds each answer against its case."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from llmdeploy.infra.rollout.eval_result import Ended, EvalResult
from llmdeploy.infra.rollout.eval_run import EvalRun, Hopeless
from llmdeploy.infra.rollout.judge_endpoint import JudgeEndpoint
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.serving.quality import Case
from llmdeploy.serving.quality.schema import needed_for_schemas
from llmdeploy.serving.spec.evaluation import Evaluation

REQUEST_TIMEOUT_S: Final = 120.0
"""As long as warm-up waits for one answer."""


@dataclass(frozen=True, slots=True)
class EvalLimits:
    """When an evaluation ends at the latest.

    Args:
        timeout_s: in all; what has not been answered by then has not passed.
        request_timeout_s: of one request, to the canary or to the judging model.
    """

    timeout_s: float = 900.0
    request_timeout_s: float = REQUEST_TIMEOUT_S


async def evaluate(
    target: CanaryTarget,
    evaluation: Evaluation,
    cases: Sequence[Case],
    *,
    concurrency: int = 4,
    limits: EvalLimits | None = None,
    environ: Mapping[str, str] = os.environ,
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> EvalResult:
    """Ask every case, with temperature 0; a request that fails is sent once more.

    Ends early when `min_pass` cannot be reached any more.

    Args:
        environ: holds the key of the judging endpoint.
        on_progress: is told how many cases are done, of how many.

    Raises:
        JudgeKeyMissing: it does not.
        LlmdeployError: the check needs an extra that is not installed.
        ValueError: there are no cases.
    """
    if not cases:
        raise ValueError("no cases")
    limits = limits or EvalLimits()
    judge = ready_judge(evaluation, environ, limits.request_timeout_s)
    run = EvalRun(target, evaluation, judge, limits.request_timeout_s, len(cases), on_progress)
    ended: Ended = "whole"
    async with (
        target.session(concurrency) as session,
        judge.session(concurrency) if judge else nullcontext() as judging,
    ):
        waiting = iter(cases)
        try:
            async with asyncio.timeout(limits.timeout_s), asyncio.TaskGroup() as workers:
                for _ in range(min(concurrency, len(cases))):
                    workers.create_task(run.work(session, judging, waiting))
        except* Hopeless:
            ended = "hopeless"
        except* TimeoutError:
            ended = "time"
    return run.result(ended)


def ready_judge(
    evaluation: Evaluation, environ: Mapping[str, str], timeout_s: float = REQUEST_TIMEOUT_S
) -> JudgeEndpoint | None:
    """What an evaluation needs beside the prompts; to be asked for before anything is rolled out.

    Raises:
        JudgeKeyMissing: the environment does not hold the judging endpoint's key.
        LlmdeployError: the check needs an extra that is not installed.
    """
    if evaluation.check == "json-schema":
        with needed_for_schemas():
            import jsonschema  # noqa: F401
    return JudgeEndpoint.of(evaluation, environ, timeout_s)
