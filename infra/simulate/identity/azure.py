"""What Azure answers for a resource that it has made or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.identity.azure_forms import FORMS
from llmdeploy.infra.simulate.identity.guess import guess, uuid
from llmdeploy.infra.simulate.identity.made import Made, with_changes
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.sdk import shape

ENDPOINT: Final = "azure-native:machinelearningservices:OnlineEndpoint"
DEPLOYMENT: Final = "azure-native:machinelearningservices:OnlineDeployment"
_FIELD: Final = re.compile(r"\{(\w+)\}")
_PROVIDER: Final = re.compile(r"/providers/([^/]+)((?:/[^/]+/[^/]+)+)$")
_DONE: Final = "Succeeded"


def region_of(token: str, inputs: Mapping[str, Any], place: Place) -> str:
    """Where the resource is; empty for what says it by its parent alone."""
    return str(inputs.get("location") or "")


def make(token: str, inputs: Mapping[str, Any], seed: Seed, place: Place) -> Made:
    """Synthesise all outputs of a new resource. Raises SimulationError: no table has its id."""
    if token not in FORMS:
        names = ", ".join(sorted(each.rpartition(":")[2] for each in FORMS))
        raise SimulationError(f"the simulated Azure cannot make {token}", f"it knows {names}")
    fields = {**inputs, "subscription": place.subscription}
    identity = _FIELD.sub(lambda match: str(fields.get(match.group(1), "")), FORMS[token])
    known = shape(token)
    outputs = {name: value for name, value in inputs.items() if name in known.outputs}
    outputs |= _own(token, inputs, identity, seed)
    for name, kind in known.outputs.items():
        if name not in outputs and name not in known.inputs:
            value = guess(name, kind.kind, seed)
            if value is not None:
                outputs[name] = value
    return Made(identity, region_of(token, inputs, place), {**outputs, "id": identity})


def change(
    token: str, old: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any]
) -> dict[str, Any]:
    """All outputs after an update: what was made up stays.

    Args:
        old: the outputs before.
        olds: the inputs before.
    """
    changed = with_changes(shape(token), old, olds, news)
    if isinstance(news.get("properties"), Mapping):
        changed["properties"] = _properties(token, news["properties"])
        if token == ENDPOINT:
            changed["properties"] |= _addresses(str(old["name"]), str(old.get("location", "")))
    return changed


def _own(token: str, inputs: Mapping[str, Any], identity: str, seed: Seed) -> dict[str, Any]:
    found: dict[str, Any] = {"name": identity.rpartition("/")[2]}
    if "type" not in shape(token).inputs:
        # A blob's is of its own kind.
        found["type"] = _type(identity)
    if isinstance(inputs.get("properties"), Mapping):
        found["properties"] = _properties(token, inputs["properties"])
    if token == ENDPOINT:
        found["properties"] |= _addresses(found["name"], str(inputs.get("location", "")))
    if isinstance(inputs.get("identity"), Mapping):
        found["identity"] = {
            **inputs["identity"],
            "principalId": uuid("principal", seed),
            "tenantId": uuid("tenant", seed),
        }
    if "provisioningState" in shape(token).outputs:
        found["provisioningState"] = _DONE
    return found


def _properties(token: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """As they are read back: keys never are (machinelearningservices, EndpointAuthKeys)."""
    told = {name: value for name, value in given.items() if name != "keys"}
    return {**told, "provisioningState": _DONE} if token in (ENDPOINT, DEPLOYMENT) else told


def _addresses(name: str, location: str) -> dict[str, Any]:
    host = f"https://{name}.{location}.inference.ml.azure.com"
    return {"scoringUri": f"{host}/", "swaggerUri": f"{host}/swagger.json"}


def _type(identity: str) -> str:
    """`Microsoft.Storage/storageAccounts` of the id of an account."""
    match = _PROVIDER.search(identity)
    if match is None:
        return "Microsoft.Resources/resourceGroups"
    return "/".join((match.group(1), *match.group(2).split("/")[1::2]))
