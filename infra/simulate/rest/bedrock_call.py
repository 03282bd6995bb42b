"""One call of the simulated Bedrock, with what all of its answers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal
from llmdeploy.infra.simulate.rest.bedrock_records import named
from llmdeploy.infra.simulate.store import Store


@dataclass(frozen=True, slots=True)
class BedrockCall:
    """A request that is signed and whose members are good.

    Args:
        told: what it says, whether in the path, the query or the body.
    """

    store: Store
    told: Mapping[str, Any]
    location: str
    account: str
    faults: Faults

    def model(self, identity: str) -> Record:
        """The imported model of an ARN or a name. Raises AmazonRefusal: there is none."""
        found = named(self.store, self.location, identity)
        if found is None:
            raise AmazonRefusal("ResourceNotFoundException", f"Could not find imported model {identity}", 404)
        return found


def page(found: list[dict[str, Any]], key: str, name: str, call: BedrockCall) -> dict[str, Any]:
    """A part of a list, filtered by `nameContains`, the newest first unless asked otherwise.

    Args:
        key: of the list in the answer.
        name: the member that `nameContains` is about.
    """
    word, size = call.told.get("nameContains", ""), int(call.told.get("maxResults", 100))
    begin = int(call.told.get("nextToken", 0))
    fitting = [each for each in found if word in each[name]]
    fitting.sort(key=lambda each: each["creationTime"], reverse=call.told.get("sortOrder") != "Ascending")
    rest = {"nextToken": str(begin + size)} if len(fitting) > begin + size else {}
    return {key: fitting[begin : begin + size], **rest}
