"""Asks every process of a local deployment how it does, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.live.probe import Probe, probe
from llmdeploy.cli.live.report import Health, RegionReport, ReplicaReport, StatusReport
from llmdeploy.infra.provider import programs
from llmdeploy.infra.provider.programs import Sight

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan, RegionPlan

# What the weights of `ServerPlan.weights` are, as a reader knows them; anything else is a path.
_WEIGHTS: Final = {"smollm2": "SmolLM2-135M-Instruct", "random": "random weights: its answers are noise"}


class Collector:
    """Looks at one deployment, as often as wanted.

    Args:
        outputs: what the last `up` left; where replicas and gateways listen comes from there.
    """

    def __init__(self, plan: Plan, run_dir: Path, outputs: Mapping[str, Any]) -> None:
        self._plan = plan
        self._run_dir = run_dir
        self._outputs = outputs

    def report(self) -> StatusReport:
        """How it does now. Takes no longer than the slowest single process is waited for, about a second."""
        names = list(self._outputs["replicas"])
        with ThreadPoolExecutor(max_workers=len(names) + len(self._outputs["entries"])) as pool:
            entries = {name: pool.submit(_open, url) for name, url in self._outputs["entries"].items()}
            replicas = {name: pool.submit(self._replica, name) for name in names}
            regions = tuple(
                RegionReport(
                    name=name,
                    entry=url,
                    entry_healthy=entries[name].result(),
                    replicas=tuple(
                        replicas[each].result() for each in names if self._region_of(each) == name
                    ),
                )
                for name, url in self._outputs["entries"].items()
            )
        return StatusReport(
            stack=self._plan.stack_name,
            endpoint=self._outputs["endpoint"],
            model=self._outputs["model"]["served_name"],
            serves=serves(self._outputs["servers"]),
            regions=regions,
            spec_changed=self._outputs["spec_digest"] != self._plan.spec_digest,
        )

    def _region_of(self, replica: str) -> str:
        return str(self._outputs["replicas"][replica]["region"])

    def _replica(self, name: str) -> ReplicaReport:
        output = self._outputs["replicas"][name]
        location = self._region_of(name).partition("/")[2]
        sight = programs.look(self._run_dir / location, name)
        region = next((each for each in self._plan.regions if each.name == output["region"]), None)
        found = (
            probe(output["port"], region.server)
            if region and sight.pid
            else Probe("not running", False, None)
        )
        health, state = _judged(sight, found)
        return ReplicaReport(name, health, state, sight.pid, output["port"], found.traffic)


def serves(servers: Mapping[str, Mapping[str, str]]) -> str:
    """What really answers, each kind once: `llama.cpp with SmolLM2-135M-Instruct`."""
    said = (
        f"{each['kind']} with {_WEIGHTS.get(each['weights'], each['weights'])}" for each in servers.values()
    )
    return ", ".join(dict.fromkeys(said))


def _judged(sight: Sight, found: Probe) -> tuple[Health, str]:
    if sight.pid is None:
        return "down", sight.status
    if sight.status in {"running", "starting"}:
        return ("healthy", "ready") if found.ready else ("unhealthy", found.said)
    return "unhealthy", sight.status


def _open(url: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{url.removesuffix('/v1')}/health", timeout=1.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False
