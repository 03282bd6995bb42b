"""Whole rollouts of a healthy and of sick canaries; `python -m bench.judge` has the figures of many more."""

from __future__ import annotations

import numpy as np
import pytest
from tests.serving.rollout.course import rollout
from tests.serving.rollout.world import Fault

from llmdeploy.serving.rollout.criteria import Criteria


def test_a_healthy_canary_goes_through() -> None:
    courses = [rollout(np.random.default_rng([1, seed]), Fault(), Criteria()) for seed in range(40)]
    assert [course.grounds for course in courses if course.aborted] == []


@pytest.mark.parametrize(
    ("fault", "ground"),
    [
        (Fault(ttft=2, tpot=2), "tpot"),
        (Fault(ttft=3), "ttft"),
        (Fault(errors=0.2), "failed requests"),
    ],
    ids=str,
)
def test_a_sick_one_is_stopped_at_the_first_step(fault: Fault, ground: str) -> None:
    courses = [rollout(np.random.default_rng([2, seed]), fault, Criteria()) for seed in range(60)]
    assert {(course.aborted, course.step) for course in courses} == {(True, 1)}
    assert all(any(ground in each for each in course.grounds) for course in courses)
