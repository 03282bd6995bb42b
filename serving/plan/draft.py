"""A plan in the making: what the steps know so far, with the reasons and problems they found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from llmdeploy.serving.errors import Problem
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Decision, ModelPlan, RegionPlan, ServerPlan
from llmdeploy.serving.spec import ServingSpec

if TYPE_CHECKING:
    from llmdeploy.serving.models.architecture import Architecture
    from llmdeploy.serving.models.description import Describe
    from llmdeploy.serving.plan.cost import CostPlan

SpecPath = tuple[str | int, ...]


class SpecSource(Protocol):
    """The part of a loaded spec that planning needs (`llmdeploy.serving.load.LoadedSpec`)."""

    @property
    def spec(self) -> ServingSpec: ...
    @property
    def file(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def environment(self) -> str: ...
    def position(self, path: SpecPath) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known so far. Each step returns a fuller copy; `build_plan` turns the last one into a Plan."""

    source: SpecSource
    machine: Machine
    price_overlay: Path | None = None
    """The folder of the user's own and refreshed prices."""
    describe: Describe | None = None
    """Finds what the catalog does not know of a model."""
    model: ModelPlan | None = None
    framework_version: str = ""
    quantization: str = ""
    server: ServerPlan | None = None
    regions: tuple[RegionPlan, ...] = ()
    gateway: GatewayPlan | None = None
    architecture: Architecture | None = None
    """Of the model, in a cloud."""
    cost: CostPlan | None = None
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def spec(self) -> ServingSpec:
        return self.source.spec

    def having(self, **known: Any) -> Self:
        """A copy with more known."""
        return replace(self, **known)

    def decided(self, path: str, value: object, reason: str) -> Self:
        """A copy that records why a value came out as it did."""
        return replace(
            self, decisions=(*self.decisions, Decision(path=path, value=str(value), reason=reason))
        )

    def warned(self, warning: str) -> Self:
        """A copy with one more thing that the reader should know."""
        return replace(self, warnings=(*self.warnings, warning))

    def refused(self, path: SpecPath, problem: str, mend: str) -> Self:
        """A copy with one more problem, placed where the spec says it."""
        line, column = self.source.position(path)
        found = Problem(self.source.file, line, column, shown_path(path), problem, mend)
        return replace(self, problems=(*self.problems, found))


def shown_path(path: SpecPath) -> str:
    """`regions[1].gpu` for `("regions", 1, "gpu")`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
