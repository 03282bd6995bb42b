"""How far a rollout is: what its stack is to be now, and what comes next. Pure."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.model import REVISION_LENGTH, Plan, Slot
from llmdeploy.serving.rollout.packed import PackedPlan

Phase = Literal["drain", "prepare", "grow", "shift", "promote", "retire", "withdraw", "remove"]
"""Of the group of regions that is being changed:

drain      too few spare GPUs: the old version makes room for the new one's replicas of the step
prepare    the new version's first replicas stand beside the old one's, without traffic
grow       as many stand there as the step's share of the traffic wants
shift      they have that share
promote    they are the region's own; the old ones still stand beside, without traffic
retire     the old ones are gone
withdraw   back: the new version has no traffic any more
remove     back: the new version's replicas are gone
"""
Strategy = Literal["canary", "blue-green", "all-at-once", "shadow"]


class Progress(Frozen):
    """A rollout under way, as its stack keeps it.

    Args:
        number: of the revision that it leads to.
        begun: when, in whole seconds since the epoch: tells two tries of one revision apart.
        groups: regions that change together, in the order of the groups.
        steps: percent of a region's requests, one step after the other.
        copied_steps: how many of the first ones give the new version copies of requests only.
        surge: replicas that may run beyond a region's own number; None: as many as are needed.
        running: by region, the replicas that ran when it began, where load had made them more than the least:
            the new version must not take over with fewer.
        judged: whether each step is watched; a way back is not.
        moved: regions whose own version is the new one already, the group's own not counted.
        back: whether the group goes from the new version to the old one.
        reason: why it goes back, or is paused.
    """

    number: int
    begun: int = 0
    strategy: Strategy
    groups: tuple[tuple[str, ...], ...]
    steps: tuple[int, ...]
    target: PackedPlan
    copied_steps: int = 0
    surge: int | None = None
    running: dict[str, int] = Field(default_factory=dict)
    judged: bool = True
    group: int = 0
    phase: Phase = "prepare"
    step: int = 0
    moved: tuple[str, ...] = ()
    back: bool = False
    paused: bool = False
    reason: str = ""

    @property
    def regions(self) -> tuple[str, ...]:
        """Those that are being changed now."""
        return self.groups[self.group]

    @property
    def percent(self) -> int:
        """Of those regions' requests, what the new version is given; copies where `copies`."""
        step = self._served_step
        return self.steps[step] if step >= 0 else 0

    @property
    def copies(self) -> bool:
        """Whether the new version gets copies only."""
        return 0 <= self._served_step < self.copied_steps

    @property
    def _served_step(self) -> int:
        """The step whose share the new version has now; -1: none."""
        if self.phase == "shift":
            return self.step
        return self.step - 1 if self.phase in ("drain", "grow") else -1

    def at(self, phase: Phase, step: int = 0) -> Self:
        """The same group in another phase."""
        return self.model_copy(update={"phase": phase, "step": step})

    def describe(self) -> str:
        """Where it is, in words: `local/a: 25 % of the requests`."""
        where = ", ".join(self.regions)
        share = f"{self.percent} % of the requests{', copied' if self.copies else ''}"
        words: dict[Phase, str] = {
            "drain": "the old version makes room",
            "prepare": "new replicas start beside the old ones",
            "grow": f"more new replicas start, for {self.steps[self.step]} % of the requests",
            "shift": share,
            "promote": "the new version is the region's own",
            "retire": "the old replicas go",
            "withdraw": "back: no request reaches the new version",
            "remove": "back: the new replicas go",
        }
        return f"{where}: {'back: ' if self.back else ''}{words[self.phase]}"


class Revision(Frozen):
    """A version of a deployment that was up: all that is needed to bring it back exactly.

    Args:
        images: `image:tag` → digest, of what it ran.
    """

    number: int
    spec_digest: str
    model: str
    model_revision: str | None = None
    framework: str
    plan: PackedPlan
    images: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def of(cls, number: int, plan: Plan, images: dict[str, str]) -> Self:
        """A plan, as it is remembered. Images are those of its containers."""
        wanted = {
            f"{launch.image}" for region in plan.regions if (launch := region.server.launch) is not None
        }
        return cls(
            number=number,
            spec_digest=plan.spec_digest,
            model=plan.model.id,
            model_revision=plan.model.revision,
            framework=f"{plan.framework} {plan.framework_version}".strip(),
            plan=PackedPlan.of(plan),
            images={name: digest for name, digest in images.items() if name in wanted},
        )

    @property
    def short(self) -> str:
        """The first characters of its spec's digest."""
        return self.spec_digest[:REVISION_LENGTH]


class Ended(Frozen):
    """How the last rollout ended.

    Args:
        reason: why it went back; empty when it did not.
        grounds: of the verdict that turned it back, a line each.
    """

    number: int
    begun: int = 0
    outcome: Literal["done", "went back"]
    reason: str = ""
    grounds: tuple[str, ...] = ()


SlotsByRegion = dict[str, Slot]
