"""How drift looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.render.review.detail import LEVELS
from llmdeploy.cli.render.review.escape import block, code
from llmdeploy.cli.render.review.properties import property_lines
from llmdeploy.cli.render.review.resources import region_title
from llmdeploy.cli.render.steps import changed, kind
from llmdeploy.cli.render.table import heading

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.review.drift import Drift
    from llmdeploy.infra.review.model import RegionReview, ResourceChange

_MENDS: Final = {
    "create": "`up` makes it again",
    "update": "`up` sets it back",
    "replace": "`up` puts another in its place",
    "delete": "`up` removes it, as the spec no longer asks for it",
}
_LEFT: Final = "Moved since then, and left as it is: `up` does not set this"
_CHANGED: Final = "The spec has changed too: `llmdeploy preview` shows all that `up` would do."


@dataclass(frozen=True, slots=True)
class DriftReport:
    """The drift of a stack, to be shown.

    Args:
        spec: its path.
        spec_changed: whether the spec is not the one of the last `up`.
        up_fails: why `up` would fail as things are; empty where it would not.
    """

    drift: Drift
    spec: str
    spec_changed: bool
    up_fails: str = ""

    @property
    def _up(self) -> str:
        return f"llmdeploy up {self.spec}"

    def show(self, out: Console) -> None:
        """In a terminal."""
        out.print(self._headline(), style="bold yellow" if self.drift.resources else "bold green")
        for region in self.drift.mended:
            heading(region_title(region), out)
            for resource in region.resources:
                _show(resource, f": {_MENDS[resource.op]}", out, "yellow")
        if self.drift.left:
            out.print(_LEFT, style="dim")
        for region in self.drift.left:
            heading(region_title(region), out)
            for resource in region.resources:
                _show(resource, "", out, "dim")
        for line in self._advice(f"`{self._up}`"):
            out.print(line)

    def markdown(self) -> str:
        """As a comment or an issue."""
        mended = "\n".join(_diff(self.drift.mended, mends=True))
        left = "\n".join(_diff(self.drift.left, mends=False))
        parts = [f"{self._headline()}.", block(mended, "diff") if mended else ""]
        parts += [f"{_LEFT}:", block(left, "diff")] if left else []
        return "\n\n".join(filter(None, [*parts, *self._advice(code(self._up))])) + "\n"

    def data(self) -> dict[str, Any]:
        """As JSON has it; `up` is what it does about each, None where it leaves it."""
        return {
            "stack": self.drift.stack,
            "drifted": self.drift.resources,
            "spec_changed": self.spec_changed,
            "up_fails": self.up_fails,
            "regions": [_region_data(region, mends=True) for region in self.drift.mended],
            "left": [_region_data(region, mends=False) for region in self.drift.left],
        }

    def _headline(self) -> str:
        count, stack = self.drift.resources, self.drift.stack
        if not count:
            return f"{stack} is as `up` left it"
        what = (
            "1 resource is not as `up` left it"
            if count == 1
            else f"{count} resources are not as `up` left them"
        )
        return f"{stack}: {what}"

    def _advice(self, command: str) -> Iterator[str]:
        if self.up_fails:
            yield f"`up` would fail as things are, so mend this first: {self.up_fails}"
        elif self.drift.resources:
            yield f"{command} mends this. To keep a change, put it into the spec first."
        if self.spec_changed:
            yield _CHANGED


def _show(resource: ResourceChange, mend: str, out: Console, style: str) -> None:
    out.print(f"{_found(resource)}{mend}", style=style)
    for change in resource.changes:
        out.print(f"    {changed(change)}", style="dim")


def _found(resource: ResourceChange) -> str:
    """What a reader sees first: `vpc aws-us-east-1-vpc is gone`."""
    sign = "-" if resource.gone else "~"
    return f"{sign} {kind(resource.type)} {resource.name} {'is gone' if resource.gone else 'differs'}"


def _diff(regions: Sequence[RegionReview], *, mends: bool) -> Iterator[str]:
    for region in regions:
        yield f"# {region_title(region)}"
        for resource in region.resources:
            mend = f": {_MENDS[resource.op]}" if mends else ""
            yield f"{'-' if resource.gone else '!'} {_found(resource)[2:]}{mend}"
            for change in resource.changes:
                yield from property_lines(change, LEVELS[0])


def _region_data(region: RegionReview, *, mends: bool) -> dict[str, Any]:
    return {
        "region": region.name,
        "resources": [
            {
                "type": resource.type,
                "name": resource.name,
                "gone": resource.gone,
                "up": resource.op if mends else None,
                "changes": [asdict(change) for change in resource.changes],
            }
            for resource in region.resources
        ],
    }
