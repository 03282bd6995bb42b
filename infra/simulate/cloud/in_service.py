"""How an endpoint gets into service, or does not."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.cloud.pace import Call, starting
from llmdeploy.infra.simulate.errors import NeverReady
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.endpoints import (
    NOT_HEALTHY,
    broken,
    fail,
    failure_of,
    variants_of,
)
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store

_PACE: Final = "pace"
"""The setting: seconds that pass in an operation while one passes here."""
_USUAL_TIMEOUT_S: Final = 600
"""How long a container may take to get healthy, where the variant does not say."""


async def until_in_service(store: Store, endpoint: Record, call: Call) -> None:
    """Wait as the provider does. Raises NeverReady: the endpoint has failed, and stays there as it is."""
    variants = variants_of(store, endpoint)
    named = str(variants[0].get("variantName", "default")) if variants else "default"
    seconds, reason = _trouble(store, endpoint, call)
    if seconds:
        await starting(call, seconds, float(store.settings().get(_PACE, 1.0)))
    if reason := reason.format(variant=named) or broken(store, variants):
        fail(store, endpoint, reason)
    if failure := failure_of(store, endpoint):
        raise NeverReady(
            f"waiting for SageMaker AI Endpoint ({endpoint.id}) create: unexpected state 'Failed', wanted "
            f"target 'InService'. last error: {failure.message}",
            endpoint,
        )


def _trouble(store: Store, endpoint: Record, call: Call) -> tuple[float, str]:
    """By faults: after how many seconds it fails, and why; nothing where there is none."""
    faults, where = Faults(store), (call.token, call.name, call.region)
    if seconds := faults.strike_later(*where):
        return seconds, NOT_HEALTHY
    if faults.strike("unhealthy", *where):
        timeouts = (
            each.get("containerStartupHealthCheckTimeoutInSeconds") for each in variants_of(store, endpoint)
        )
        return float(max((int(each) for each in timeouts if each), default=_USUAL_TIMEOUT_S)), NOT_HEALTHY
    return 0.0, ""
