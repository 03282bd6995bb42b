"""How often the judge of rollouts stops a healthy canary, and how often it lets a sick one pass.

    python -m bench.judge [--healthy 500] [--sick 500] [--seed 2026]

Whole rollouts of three regions and four steps through a made-up world (tests/serving/rollout/world.py). Other
seeds than this one were looked at while the judge was made.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from statistics import median

import numpy as np
from tests.serving.rollout.course import BAKE_S, LOOK_EVERY_S, LOOKS, REGIONS, STEPS, Course, rollout
from tests.serving.rollout.world import Fault

from llmdeploy.serving.rollout.criteria import Criteria

SICK = {
    "20 % errors": Fault(errors=0.2),
    "2 × slower": Fault(ttft=2, tpot=2),
    "3 × slower": Fault(ttft=3, tpot=3),
    "first token 2 × later": Fault(ttft=2),
    "2 × slower from token to token": Fault(tpot=2),
    "a tenth 6 × later": Fault(tail=0.1),
    "2 % errors": Fault(errors=0.02),
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.judge")
    parser.add_argument("--healthy", type=int, default=500, help="rollouts of a healthy canary")
    parser.add_argument("--sick", type=int, default=500, help="rollouts of each sick one")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    begun = time.perf_counter()
    steps = ", ".join(f"{share:.0%}" for share in STEPS)
    print(f"{REGIONS} regions × steps of {steps}; each baked {BAKE_S} s and looked at every {LOOK_EVERY_S} s")
    print(f"({LOOKS} looks at most); 8 to 50 requests/s a region, 4 replicas; seed {given.seed}")
    _show_healthy([_course(Fault(), given.seed, number) for number in range(given.healthy)])
    for name, fault in SICK.items():
        _show_sick(name, fault, [_course(fault, given.seed, number) for number in range(given.sick)])
    print(f"\n{time.perf_counter() - begun:.0f} s")
    print("bars: healthy stopped ≤ 1 %; 2 × slower and 20 % errors let pass ≤ 1 %")


def _course(fault: Fault, seed: int, number: int) -> Course:
    return rollout(np.random.default_rng([seed, number]), fault, Criteria())


def _show_healthy(courses: list[Course]) -> None:
    stopped = [course for course in courses if course.aborted]
    grounds = Counter(ground for course in stopped for ground in course.grounds)
    share = _bound(len(stopped), len(courses))
    print(f"\nhealthy: {len(stopped)} of {len(courses)} rollouts stopped ({share})")
    for ground, times in grounds.most_common():
        print(f"  {times} × {ground}")


def _show_sick(name: str, fault: Fault, courses: list[Course]) -> None:
    stopped = [course for course in courses if course.aborted]
    passed = len(courses) - len(stopped)
    print(f"\n{name}: {passed} of {len(courses)} let pass ({_bound(passed, len(courses))})")
    if not stopped:
        return
    first = sum(course.step == 1 for course in stopped)
    requests = [float(course.requests) for course in stopped]
    seconds = _spread([course.seconds for course in stopped])
    print(f"  at the first step: {first / len(courses):.1%}; in the step that was stopped, after {seconds} s")
    print(f"  requests that met the canary: {_spread(requests)}", end="")
    print(f", {_spread([fault.errors * count for count in requests])} lost" if fault.errors else "")


def _spread(values: list[float]) -> str:
    return f"{median(values):.0f} (95th percentile {np.quantile(values, 0.95):.0f})"


def _bound(count: int, of: int) -> str:
    from scipy.stats import binomtest

    high = binomtest(count, of).proportion_ci(confidence_level=0.9, method="exact").high
    return f"{count / of:.1%}, at most {high:.1%} with 95 % confidence"


if __name__ == "__main__":
    main()
