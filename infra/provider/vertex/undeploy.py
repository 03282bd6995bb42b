"""Taking a model off an endpoint."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.operations import finished
from llmdeploy.infra.provider.vertex.there import there
from llmdeploy.infra.provider.work import Work

UNDEPLOY_S: Final = 1800.0


def undeploy(google: Google, host: str, endpoint: str, model_id: str, what: str, work: Work) -> None:
    """Give its machines back. The endpoint's traffic goes to what is left there, if it went to this one."""
    found = there(google, host, endpoint, work)
    deployed = {str(each["id"]) for each in (found or {}).get("deployedModels", [])}
    if found is None or model_id not in deployed:
        return
    split = {key: value for key, value in found.get("trafficSplit", {}).items() if key != model_id}
    others = sorted(deployed - {model_id})
    if others and sum(split.values()) != 100:
        split = {others[-1]: 100}
    body = {"deployedModelId": model_id, **({"trafficSplit": split} if others else {})}
    try:
        operation = google.call("POST", host, f"{endpoint}:undeployModel", work, body=body)
        finished(google, host, operation, what, UNDEPLOY_S, work)
    except ServiceRefused as error:
        if error.status != 404:
            raise
