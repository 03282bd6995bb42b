"""`llmdeploy:simulated:Addresses`: ports on the loopback for what has an address in a simulated cloud.

Chosen before anything listens, as a cloud gives a load balancer its name before it serves: two gateways that
know each other could not be made otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import ports
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen


class AddressesInputs(Frozen):
    """What wants an address."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]


class AddressesResource:
    """A port for each name, kept as long as the name is there. Output: ports."""

    inputs = AddressesInputs
    replace_on: frozenset[str] = frozenset()
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """There is one of it for each resource name."""
        return "addresses"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """Ports of names that stay are known."""
        if inputs["names"] == UNKNOWN:
            return {"ports": UNKNOWN}
        return {"ports": {name: old.get("ports", {}).get(name, UNKNOWN) for name in inputs["names"]}}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """A number never drifts."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Choose them."""
        return {"ports": {name: ports.choose_port() for name in inputs["names"]}}

    def read(self, state: Mapping[str, Any]) -> State | None:
        """As the state has them."""
        return {"ports": state["ports"]}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Keep those that stay."""
        kept = state["ports"]
        return {"ports": {name: kept.get(name) or ports.choose_port() for name in inputs["names"]}}

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Nothing but the state holds them."""
