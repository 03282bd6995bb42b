"""What a review is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmdeploy.infra.preflight.finding import Check


@dataclass(frozen=True, slots=True)
class Request:
    """Which specs, and against what.

    Args:
        specs: also specs that exist only at the base: they are deleted.
        base: the git revision that the work is to be merged into; None: only what is deployed counts.
        simulate: on simulated clouds. With a base, its spec counts as deployed there.
        allow: checks of the preflight whose soft failures pass.
        fail_on: names of conditions, see `llmdeploy.infra.review.conditions`.
        plans: folder in which the reviewed plan of each stack is saved, as STACK.plan.json.
        plan_file: the file for the reviewed plan of the only spec.
        refresh_images: take the newest machine images and image digests.
    """

    specs: tuple[Path, ...]
    base: str | None = None
    environment: str | None = None
    simulate: bool = False
    backend: str | None = None
    allow: tuple[Check, ...] = ()
    fail_on: tuple[str, ...] = ()
    plans: Path | None = None
    plan_file: Path | None = None
    refresh_images: bool = False

    @property
    def keeps_plans(self) -> bool:
        """Whether reviewed plans are saved."""
        return self.plans is not None or self.plan_file is not None

    def plan_of(self, stack: str) -> Path:
        """Where the reviewed plan of a stack goes."""
        if self.plan_file is not None:
            return self.plan_file
        assert self.plans is not None
        return self.plans / f"{stack}.plan.json"
