"""Where a local deployment keeps its logs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan


def log_files(
    plan: Plan, run_dir: Path, *, regions: Collection[str], replicas: Collection[str], gateway: bool
) -> dict[str, Path]:
    """The chosen logs by source (`local/a a-0`, `gateway`); all of them when nothing is chosen.

    Raises:
        LlmdeployError: the plan has no such region or replica.
    """
    _refuse_unknown("region", regions, [region.name for region in plan.regions])
    _refuse_unknown("replica", replicas, [name for region in plan.regions for name in region.replica_names])
    everything = not (regions or replicas or gateway)
    files = {
        name: run_dir / region.location / "logs" / f"{name}.log"
        for region in plan.regions
        for name in region.replica_names
        if everything or region.name in regions or name in replicas
    }
    if everything or gateway:
        files["gateway"] = run_dir / "gateway" / "logs" / "envoy.log"
    return files


def _refuse_unknown(what: str, wanted: Collection[str], known: list[str]) -> None:
    if unknown := [name for name in wanted if name not in known]:
        raise LlmdeployError(f"no {what} {', '.join(unknown)} in this spec", f"it has {', '.join(known)}")
