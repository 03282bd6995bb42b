"""What a merge touches is applied, with the plans that were reviewed for it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.ci.apply import Wanted, apply_all, llmdeploy_as_child, worst
from llmdeploy.cli.ci.show import show_rows
from llmdeploy.cli.ci.tell import tell
from llmdeploy.cli.ci.touched import Touched, text_at_base, touched_specs

if TYPE_CHECKING:
    from llmdeploy.infra.forge.ci_event import CiEvent

_COLUMNS: Final = ("spec", "stack", "what", "exit_code", "why")


@dataclass(frozen=True, slots=True)
class Merge:
    """What is asked for.

    Args:
        specs: none: those that the merge touches.
        base: None: what the pipeline says was there before.
        options: of every `up` and `destroy`.
        destroy_deleted: whether deployments of deleted specs are removed.
        without_plan: whether what was not reviewed is done too.
    """

    specs: tuple[Path, ...]
    base: str | None
    environment: str | None
    options: Sequence[str]
    destroy_deleted: bool
    without_plan: bool


def apply_merge(wanted: Merge, event: CiEvent, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Apply, show what became of each spec, and return the worst exit code.

    Raises:
        RevisionUnusable: git knows no such base.
        LlmdeployError: there are neither specs nor a base.
    """
    base = wanted.base or event.base
    touched = touched_specs(base, wanted.environment, wanted.specs)
    with tempfile.TemporaryDirectory(prefix="llmdeploy-merge-") as folder:
        how = _how(wanted, event, environ, base, Path(folder), touched)
        # What `up` prints is no part of our JSON.
        run = llmdeploy_as_child(sys.stderr.fileno() if as_json else None)
        applied = list(apply_all(touched, how, run))
    rows = [each.data() for each in applied]
    show_rows(rows, _COLUMNS, as_json=as_json, none="No serving spec is touched.")
    return worst(applied)


def _how(
    wanted: Merge,
    event: CiEvent,
    environ: Mapping[str, str],
    base: str | None,
    folder: Path,
    touched: Sequence[Touched],
) -> Wanted:
    plans = folder / "plans"
    plans.mkdir()
    needs_plans = not wanted.without_plan and any(not each.deleted for each in touched)
    unreviewed = _fetch(event, environ, plans) if needs_plans else ""

    def before(spec: Touched) -> Path:
        file = folder / spec.spec.name
        file.write_text(text_at_base(spec.spec, base) or "", encoding="utf-8")
        return file

    return Wanted(
        plans=None if wanted.without_plan else plans,
        unreviewed=unreviewed,
        before=before if wanted.destroy_deleted else None,
        options=wanted.options,
    )


def _fetch(event: CiEvent, environ: Mapping[str, str], plans: Path) -> str:
    """Fetch the reviewed plans; returns why there are none, empty where there are."""
    from llmdeploy.infra.forge.connect import connect
    from llmdeploy.infra.forge.errors import ForgeUnusable
    from llmdeploy.infra.forge.reviewed_plan import Found, fetch_reviewed_plans

    try:
        found = fetch_reviewed_plans(connect(event, environ, tell), event, plans)
    except ForgeUnusable as error:
        return error.problem
    if isinstance(found, Found):
        tell(f"Reviewed in pull request {found.number} at {found.head[:12]}: {found.run_url}")
        return ""
    return found.reason
