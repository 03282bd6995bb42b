"""One region that is waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from llmdeploy.infra.errors import ResourceFailure
from llmdeploy.infra.fleet.awaited import awaited
from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.fleet.judge import Evidence, Waiting, complete, judge
from llmdeploy.infra.fleet.region import RegionFleet
from llmdeploy.infra.preflight.clouds.errors import Denied, ExtraMissing, NoCredentials, ServiceDisabled
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import Plan, RegionPlan

_LASTING = (Denied, ExtraMissing, FactsUnusable, NoCredentials, ServiceDisabled)
"""Answers that asking again will not change."""


class Watched:
    """What is known of a region, and since when. All times are those of one monotonic clock.

    Args:
        unanswered_s: after this long without an answer the region is given up.
    """

    def __init__(
        self,
        plan: Plan,
        region: RegionPlan,
        facts: Mapping[str, Any] | None,
        failures: Sequence[ResourceFailure],
        now: float,
        unanswered_s: float,
    ) -> None:
        self.region = region
        self.facts = facts
        self.due = now
        """When to ask next; infinite while a question is under way."""
        self._known = Evidence(plan, region, facts, failures)
        self._began = self._answered = self._progress = now
        self._unanswered_s = unanswered_s

    def take(self, answer: FleetLook | LlmdeployError, now: float) -> None:
        """An answer has come."""
        if isinstance(answer, LlmdeployError):
            self._known = replace(self._known, error=answer)
            return
        before = self._known.look
        if before is None or _amount(answer) > _amount(before):
            self._progress = now
        self._answered = now
        self._known = replace(self._known, look=answer, error=None)

    def settled(self, now: float) -> bool:
        """Whether waiting longer will not tell more."""
        known = self._known
        return (
            known.facts is None
            or isinstance(known.error, _LASTING)
            or self._seen_enough(now)
            or self._given_up(now)
        )

    def fleet(self, waiting: Waiting, now: float) -> RegionFleet:
        """What came of it so far."""
        return judge(replace(self._known, error=self._error(now), waited_s=now - self._began), waiting)

    def _seen_enough(self, now: float) -> bool:
        look = self._known.look
        if look is None:
            return False
        refused = any(version.refused for version in awaited(self.region, look))
        return (
            look.final
            or bool(self._known.failures)
            or complete(self.region, look)
            or (refused and now - self._progress >= startup_budget_s(self.region) / 2)
        )

    def _given_up(self, now: float) -> bool:
        return not self._seen_enough(now) and now - self._answered >= self._unanswered_s

    def _error(self, now: float) -> LlmdeployError | None:
        """What stands in the way of an answer; one question that failed after others did not is no matter."""
        error, given_up = self._known.error, self._given_up(now)
        if given_up or self._known.look is None or isinstance(error, _LASTING):
            return error or (_silent(self._unanswered_s) if given_up else None)
        return None


def startup_budget_s(region: RegionPlan) -> float:
    """Seconds that a replica has for its start, of whichever version."""
    return max(
        float(version.startup.timeout_s) if version.startup else version.server.startup_timeout_s
        for version in region.fleets
    )


def _amount(look: FleetLook) -> tuple[int, int, int]:
    seen = (look, look.beside) if look.beside else (look,)
    healthy, launched = sum(each.healthy for each in seen), sum(each.launched for each in seen)
    return healthy, launched, look.gateways_healthy or 0


def _silent(seconds: float) -> LlmdeployError:
    return LlmdeployError(
        f"the cloud has not answered for {seconds:g} s", "see that the network reaches it, and try again"
    )
