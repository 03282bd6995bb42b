"""How a deployment of an online endpoint gets ready, or does not.

Error texts: azure/machine-learning/how-to-troubleshoot-online-endpoints, ERROR: ResourceNotReady; written
down 2026-11-30.
"""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.cloud.pace import Call, starting
from llmdeploy.infra.simulate.errors import NeverReady
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store

FAILED: Final = "Failed"
_PACE: Final = "pace"
NOT_READY: Final = (
    "User container has crashed or terminated, or did not become ready: the readiness probe of deployment "
    "{name} failed"
)
_FIRST_S: Final = 10


async def until_succeeded(store: Store, deployment: Record, call: Call) -> None:
    """Wait as the provider does. Raises NeverReady: the deployment has failed, and stays there as it is."""
    faults, where = Faults(store), (call.token, call.name, call.region)
    seconds = faults.strike_later(*where)
    if not seconds and faults.strike("unhealthy", *where):
        seconds = _patience_s(deployment)
    if not seconds:
        return
    await starting(call, seconds, float(store.settings().get(_PACE, 1.0)))
    message = NOT_READY.format(name=deployment.outputs.get("name"))
    with store.change():
        told = {**deployment.outputs["properties"], "provisioningState": FAILED}
        deployment.outputs["properties"] = told
        store.put(deployment)
    raise NeverReady(
        f"waiting for OnlineDeployment ({deployment.id}): provisioningState '{FAILED}'. "
        f'Code="ResourceNotReady" Message="{message}"',
        deployment,
    )


def _patience_s(deployment: Record) -> float:
    """Until its readiness probe has failed often enough."""
    probe = deployment.inputs.get("properties", {}).get("readinessProbe") or {}
    period = str(probe.get("period", "PT10S")).removeprefix("PT").removesuffix("S")
    return _FIRST_S + float(period) * float(probe.get("failureThreshold", 30))
