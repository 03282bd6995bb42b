"""How the status of a deployment looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.table import styled, table

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

    from llmdeploy.infra.status.report import DeploymentStatus, GatewayStatus, RegionStatus, ReplicaStatus

_STYLES: Final = {"healthy": "green", "degraded": "yellow", "down": "red"}
# What `RegionStatus.weights` is, as a reader knows it; anything else is a path.
_WEIGHTS: Final = {"smollm2": "SmolLM2-135M-Instruct", "random": "random weights (its answers are noise)"}


def status_view(status: DeploymentStatus) -> Group:
    """Where the deployment answers and with what, a row for each replica, and what is not as it should be."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        styled(
            f"{status.stack} is {status.worst}, {healthy_regions(status)}", f"bold {_STYLES[status.worst]}"
        ),
        table(None, _head(status)),
        Text(),
        table(("region", "health", "entry", "open"), map(_region, status.regions)),
        Text(),
        table(
            ("replica", "state", "gateway", "run/wait", "tokens", "per s", "TTFT", "a token"),
            (_replica(replica) for region in status.regions for replica in region.replicas),
        ),
        *(styled(f"! {problem}", "yellow") for problem in status.problems),
    )


def healthy_regions(status: DeploymentStatus) -> str:
    """`2 of 2 regions healthy`."""
    healthy = sum(region.health == "healthy" for region in status.regions)
    return f"{healthy} of {len(status.regions)} regions healthy"


def serves(status: DeploymentStatus) -> str:
    """What really answers, each kind once: `llama.cpp with SmolLM2-135M-Instruct`."""
    said = (
        f"{region.server} with {_WEIGHTS.get(region.weights, region.weights)}" for region in status.regions
    )
    return ", ".join(dict.fromkeys(said))


def _head(status: DeploymentStatus) -> list[tuple[str, str | Text]]:
    gateway = status.gateway
    substitutions = dict.fromkeys(region.substitution for region in status.regions if region.substitution)
    return [
        ("endpoint", status.endpoint),
        ("model", status.model),
        ("served by", serves(status)),
        *(("", styled(line, "yellow")) for line in substitutions),
        ("gateway", styled(_gateway(gateway), _STYLES[gateway.health])),
        ("spec", status.spec),
    ]


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"


def _gateway(gateway: GatewayStatus) -> str:
    parts = [gateway.state]
    parts += [_requests(gateway.requests)] if gateway.requests is not None else []
    parts += [f"{gateway.errors} answered 5xx"] if gateway.errors else []
    parts += [f"{gateway.memory_mib:.0f} MiB"] if gateway.memory_mib is not None else []
    return ", ".join(parts)


def _region(region: RegionStatus) -> tuple[str | Text, ...]:
    health = styled(region.health, _STYLES[region.health])
    return (
        region.name,
        health,
        region.entry,
        styled(*(("yes", "green") if region.entry_open else ("no", "red"))),
    )


def _replica(replica: ReplicaStatus) -> tuple[str | Text, ...]:
    state = styled(replica.state, _STYLES[replica.health])
    traffic = replica.traffic
    if traffic is None:
        return replica.name, state, replica.gateway, "–", "–", "–", "–", "–"
    return (
        replica.name,
        state,
        replica.gateway,
        f"{_count(traffic.running)}/{_count(traffic.waiting)}",
        _count(traffic.generated_tokens),
        "–" if traffic.tokens_per_s is None else f"{traffic.tokens_per_s:.0f}",
        _milliseconds(traffic.ttft_p50_s),
        _milliseconds(traffic.token_p50_s),
    )


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"
