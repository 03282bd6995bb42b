"""A reviewed plan: what `up` may do, and for which spec, state and code that holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from llmdeploy.infra.runner.update_plan import UpdatePlan
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.review.difference import differences
from llmdeploy.serving.review.summary import PlanSummary, summarise
from llmdeploy.stacks.pins import Pins

AGAIN: Final = "review it again: `llmdeploy preview SPEC --save-plan FILE`"


class ReviewOutdated(LlmdeployError):
    """What was reviewed is not what `up` would do now.

    Args:
        reasons: everything that has changed since.
    """

    def __init__(self, file: Path, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        lines = "".join(f"\n  {reason}" for reason in reasons)
        super().__init__(f"{file} was reviewed for something else; since then:{lines}", AGAIN)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a plan holds for.

    Args:
        code: `code_digest`.
        state: `state_digest`.
    """

    stack: str
    simulated: bool
    plan: Plan
    code: str
    state: str


class ReviewedPlan(Frozen):
    """What the file says. All that is secret in it is encrypted by the engine."""

    version: Literal[1] = 1
    stack: str
    simulated: bool
    spec_digest: str
    plan_digest: str
    code: str
    state: str
    summary: PlanSummary
    pins: Pins
    """Images, machine images and zones that were reviewed."""
    salt: str
    update_plan: dict[str, Any] = Field(repr=False)

    def engine_plan(self) -> UpdatePlan:
        """For the engine."""
        return UpdatePlan(self.update_plan, self.salt)

    def require(self, now: Situation, file: Path) -> None:
        """Raise ReviewOutdated unless the plan holds for what is there now."""
        if reasons := tuple(self._changed(now)):
            raise ReviewOutdated(file, reasons)

    def _changed(self, now: Situation) -> Iterator[str]:
        if self.stack != now.stack:
            yield f"it is of stack {self.stack}, and this is {now.stack}"
        if self.simulated != now.simulated:
            yield (
                "it is of simulated clouds"
                if self.simulated
                else "it is of real clouds, and these are simulated"
            )
        yield from self._replanned(now.plan)
        if self.code != now.code:
            yield "llmdeploy: another version than the reviewed one would make the resources"
        if self.state != now.state:
            yield f"the state of {now.stack}: something was deployed, changed or removed"

    def _replanned(self, plan: Plan) -> Iterator[str]:
        if plan.spec_digest == self.spec_digest and digest_of(plan) == self.plan_digest:
            return
        changed = [
            f"{each.what}{f' in {each.where}' if each.where else ''}: "
            f"reviewed {each.before or 'none'}, now {each.after or 'none'}"
            for each in differences(self.summary, summarise(plan))
        ]
        what = "the spec" if plan.spec_digest != self.spec_digest else "what the same spec becomes"
        yield from (f"{what}: {each}" for each in changed)
        if not changed:
            yield f"{what}, in what its summary does not tell"


def digest_of(plan: Plan) -> str:
    """sha256 of all of a plan but what it costs, of which the prices of another day may say otherwise."""
    told = plan.model_dump(mode="json", exclude={"cost", "decisions"})
    for data, region in zip(told["regions"], plan.regions, strict=True):
        data["hardware"] = region.hardware.unpriced() if region.hardware else {}
    return digest_of_data(told)


def reviewed(now: Situation, pins: Pins, engine: UpdatePlan) -> ReviewedPlan:
    """A plan that has just been previewed."""
    return ReviewedPlan(
        stack=now.stack,
        simulated=now.simulated,
        spec_digest=now.plan.spec_digest,
        plan_digest=digest_of(now.plan),
        code=now.code,
        state=now.state,
        summary=summarise(now.plan),
        pins=pins,
        salt=engine.salt,
        update_plan=engine.document,
    )


def digest_of_data(body: dict[str, Any]) -> str:
    """sha256 of JSON data, in whatever order its keys come."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
