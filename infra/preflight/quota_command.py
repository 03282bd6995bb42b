"""Asking a cloud for more of a quota."""

from __future__ import annotations

from collections.abc import Callable

from llmdeploy.infra.preflight.clouds.protocol import QuotaName
from llmdeploy.infra.preflight.needs import QuotaNeed


def quota_command(need: QuotaNeed, name: QuotaName, wanted: int, project: Callable[[], str]) -> str:
    """The line for a shell that asks for `wanted` units of it.

    Args:
        project: asked for the project's id in Google's cloud alone.
    """
    if not name.code:
        return ""
    if not name.service.endswith(".googleapis.com"):
        return (
            f"aws service-quotas request-service-quota-increase --region {need.location}"
            f" --service-code {name.service} --quota-code {name.code} --desired-value {wanted}"
        )
    dimensions = [f"region={need.location}"] if need.location else []
    dimensions += [f"gpu_family={name.family}"] if name.family else []
    given = f" --dimensions={','.join(dimensions)}" if dimensions else ""
    return (
        f"gcloud beta quotas preferences create --project={project()}"
        f" --service={name.service} --quota-id={name.code}{given} --preferred-value={wanted}"
        " --email=YOUR_EMAIL --justification='LLM inference'"
    )
