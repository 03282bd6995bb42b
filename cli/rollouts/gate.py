"""The quality gate of a spec, as a rollout asks it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from llmdeploy.infra.rollout.events import Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmdeploy.infra.rollout.target import CanaryTarget
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.quality import Case
    from llmdeploy.serving.spec.evaluation import Evaluation


def gate_of(source: LoadedSpec) -> Callable[[CanaryTarget], Gate] | None:
    """Asks the prompts of the spec; None where it has no gate.

    Raises:
        SpecErrors: the prompts cannot be read.
        LlmdeployError: the key of the judging endpoint or an extra is missing.
    """
    gate = source.gate
    if gate is None:
        return None
    from llmdeploy.infra.rollout.evaluate import ready_judge
    from llmdeploy.serving.quality.prompts_file import read_cases

    ready_judge(gate.evaluation, os.environ)
    return partial(_ask, gate.evaluation, read_cases(gate))


def _ask(evaluation: Evaluation, cases: Sequence[Case], target: CanaryTarget) -> Gate:
    from llmdeploy.infra.rollout.evaluate import evaluate

    found = asyncio.run(evaluate(target, evaluation, cases))
    return Gate("", found.passed, found.total, tuple(map(str, found.failures)))
