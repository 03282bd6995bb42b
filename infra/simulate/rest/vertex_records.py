"""What the simulated Vertex AI holds, as records beside those of the providers.

Three tokens, called as our Pulumi classes are: `MODEL`, `ENDPOINT`, `DEPLOYMENT`. Inputs and outputs of a
record are Google's own JSON: an `Endpoint` without its `deployedModels`, a `Model`, and a `DeployedModel`
with the name of its `endpoint` beside. The id is the resource's name, the logical name is the id's last part,
or for a deployment its `displayName`; the region is the location. A deployment is there once it serves: while
it is on its way, there is an operation only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record, Reference
from llmdeploy.infra.simulate.store import Store

DOCUMENT: Final = "aiplatform.v1"
"""Google's discovery document of it."""
MODEL: Final = "gcp:aiplatform/vertexModel:VertexModel"
ENDPOINT: Final = "gcp:aiplatform/vertexEndpoint:VertexEndpoint"
DEPLOYMENT: Final = "gcp:aiplatform/vertexDeployment:VertexDeployment"
SCHEMAS: Final = {
    MODEL: "GoogleCloudAiplatformV1Model",
    ENDPOINT: "GoogleCloudAiplatformV1Endpoint",
    DEPLOYMENT: "GoogleCloudAiplatformV1DeployedModel",
}
"""Of the discovery document."""


def add(
    store: Store,
    token: str,
    name: str,
    shown: str,
    values: Mapping[str, Any],
    targets: Mapping[str, str] | None = None,
) -> Record:
    """Keep a new one.

    Args:
        name: `projects/P/locations/L/…`.
        shown: its logical name.
        targets: property → the name of the resource that it means.
    """
    content = dict(values)
    urn = f"urn:simulated:rest::{token}::{shown}"
    record = Record(0, token, name, urn, name.split("/")[3], content, {**content, "name": name})
    record = replace(record, number=store.add(record))
    references = [
        Reference(path, value, found.number)
        for path, value in (targets or {}).items()
        if (found := _named(store, value))
    ]
    handles = {name, name.rpartition("/")[2], str(content.get("dedicatedEndpointDns") or name)}
    store.index(record.number, frozenset(handles), references)
    return record


def change(store: Store, record: Record, values: Mapping[str, Any]) -> Record:
    """Keep it with other values."""
    changed = replace(record, inputs={**record.inputs, **values}, outputs={**record.outputs, **values})
    store.put(changed)
    return changed


def deployments_of(store: Store, endpoint: str) -> list[Record]:
    """What serves on an endpoint, the oldest first."""
    return [each for each in store.of(DEPLOYMENT) if each.id.startswith(f"{endpoint}/deployedModels/")]


def _named(store: Store, name: str) -> Record | None:
    return next((each for token in (ENDPOINT, MODEL) if (each := store.find(token, name))), None)
