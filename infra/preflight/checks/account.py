"""Checks of the account: who asks, what they may do, what is switched on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from llmdeploy.infra.preflight.clouds.protocol import Cloud
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.serving.spec.managed import Service

_SHOWN: Final = 4
"""Names that a cell of the table has room for."""
_OF_SERVICE: Final[dict[Service, str]] = {
    "sagemaker": "sagemaker:",
    "bedrock": "bedrock:",
    "vertex": "aiplatform.",
    "cloud-run": "run.",
    "azure-ml": "Microsoft.MachineLearningServices",
}
"""What actions, permissions and APIs of a managed service begin with."""
_HAS_DOMAIN_MEND: Final = {
    "aws": "create a public hosted zone in Route 53 and delegate the domain to it",
    "gcp": "create a public zone in Cloud DNS and delegate the domain to it",
}


def credentials(provider: str, cloud: Cloud) -> Finding:
    """Whether there are credentials that the cloud knows, and whose."""
    found = cloud.identity()
    return Finding(provider, "credentials", "valid credentials", f"{found.who} in {found.account}", "ok")


def permissions(provider: str, cloud: Cloud, managed: Collection[Service] = ()) -> Finding:
    """Whether the credentials allow what the stacks do.

    Args:
        managed: the services that run replicas of the plan; what the others take is no matter.
    """
    needs = "the actions of `--print-policy`"
    missing = _of_use(cloud.denied(), managed)
    if not missing:
        return Finding(provider, "permissions", needs, "all", "ok")
    mend = f"grant the policy of `llmdeploy preflight --print-policy {provider}` to these credentials"
    # A cloud's simulation knows neither every condition nor what a boundary lets through after all.
    return Finding(provider, "permissions", needs, f"denied: {some(missing)}", "failed", mend, soft=True)


def services(provider: str, cloud: Cloud, managed: Collection[Service] = ()) -> Finding:
    """Whether the APIs that the stacks use are enabled in the project. `managed`: as of `permissions`."""
    missing = _of_use(cloud.disabled_services(), managed)
    if not missing:
        return Finding(provider, "services", "the APIs enabled", "all", "ok")
    return Finding(
        provider,
        "services",
        "the APIs enabled",
        f"disabled: {some(missing)}",
        "failed",
        "enable them; it takes a minute to take effect",
        _enabling(provider, missing, cloud.identity().account),
    )


def domain(provider: str, cloud: Cloud, name: str) -> Finding:
    """Whether a public DNS zone holds the domain that clients use."""
    zone = cloud.public_zone(name)
    needs = f"a public DNS zone for {name}"
    if zone is None:
        return Finding(provider, "domain", needs, "none", "failed", _HAS_DOMAIN_MEND[provider])
    return Finding(provider, "domain", needs, zone, "ok")


def _enabling(provider: str, names: Sequence[str], account: str) -> str:
    """A line for a shell."""
    if provider == "azure":
        commands = (f"az provider register --subscription {account} --namespace {name}" for name in names)
        return " && ".join(commands)
    return f"gcloud services enable {' '.join(names)} --project={account}"


def _of_use(names: Sequence[str], managed: Collection[Service]) -> list[str]:
    unused = tuple(prefix for service, prefix in _OF_SERVICE.items() if service not in managed)
    return [name for name in names if not name.startswith(unused)]


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
