"""One call of the simulated SageMaker, with what all of its answers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.components import component_named
from llmdeploy.infra.simulate.fleet.endpoints import MODEL, endpoint_named
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal
from llmdeploy.infra.simulate.store import Store

INVALID = "ValidationException"


@dataclass(frozen=True, slots=True)
class SageMakerCall:
    """A request that is signed and whose members are good."""

    store: Store
    told: Mapping[str, Any]
    location: str
    account: str
    faults: Faults

    def arn(self, kind: str, name: str) -> str:
        """`arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat-blue`"""
        return f"arn:aws:sagemaker:{self.location}:{self.account}:{kind}/{name}"

    def component(self, name: str) -> Record:
        """The component of a name, or of an ARN. Raises AmazonRefusal: there is none."""
        name = name.rpartition("/")[2]
        found = component_named(self.store, name, self.location)
        if found is None:
            arn = self.arn("inference-component", name)
            raise AmazonRefusal(INVALID, f'Could not find inference component "{arn}".')
        return found

    def endpoint(self, name: str) -> Record:
        """The endpoint of a name. Raises AmazonRefusal: there is none."""
        found = endpoint_named(self.store, name, self.location)
        if found is None:
            raise AmazonRefusal(INVALID, f'Could not find endpoint "{self.arn("endpoint", name)}".')
        return found

    def check_model(self, name: Any) -> None:
        """Raises AmazonRefusal: there is no model of the name."""
        here = (each for each in self.store.of(MODEL) if each.region == self.location)
        if not any(each.outputs.get("name") == name for each in here):
            raise AmazonRefusal(INVALID, f'Could not find model "{self.arn("model", name)}".')
