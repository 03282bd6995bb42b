"""Where a local deployment, and a live simulation, keep their logs."""

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


def simulated_log_files(
    plan: Plan, run_dir: Path, *, regions: Collection[str], replicas: Collection[str], gateway: bool
) -> dict[str, Path]:
    """As `log_files`, of a live simulation: the replicas that are there, whatever version they are of, what
    answers for managed endpoints (`aws/us-east-1 managed-services`), and each region's gateway.

    Raises:
        LlmdeployError: there is no such region or replica.
    """
    from llmdeploy.infra.simulate.live.layout import EDGE, GATEWAY_PROGRAM

    found = {
        (region.name, path.stem): path
        for region in plan.regions
        for path in sorted((run_dir / region.location / "logs").glob("*.log"))
        if path.stem != "supervisord"
    }
    _refuse_unknown("region", regions, [region.name for region in plan.regions])
    _refuse_unknown("replica", replicas, [name for _, name in found])
    everything = not (regions or replicas or gateway)
    files = {
        f"{region} {name}": path
        for (region, name), path in found.items()
        if everything or region in regions or name in replicas
    }
    if everything or gateway:
        for region in plan.regions:
            edge = run_dir / f"{region.location}{EDGE}" / "logs"
            files[f"{region.name} gateway"] = edge / f"{GATEWAY_PROGRAM}.log"
    return files


def _refuse_unknown(what: str, wanted: Collection[str], known: list[str]) -> None:
    if unknown := [name for name in wanted if name not in known]:
        raise LlmdeployError(f"no {what} {', '.join(unknown)} in this spec", f"it has {', '.join(known)}")
