"""What the provider asks of each kind of resource. Values are plain: strings, numbers, lists and mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

State = dict[str, Any]
"""The inputs of a resource with its outputs."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that a preview cannot know (pulumi.runtime.rpc.UNKNOWN,
sdk/go/common/resource/plugin/rpc.go).
"""


class Resource(Protocol):
    """One kind of resource. Operations may block; each is idempotent and survives being killed anywhere."""

    @property
    def inputs(self) -> type[Frozen]:
        """The model that inputs are checked against and defaults come from."""

    @property
    def replace_on(self) -> frozenset[str]:
        """Inputs whose change makes another resource of it; all others are changed in place."""

    @property
    def secret_outputs(self) -> frozenset[str]:
        """Outputs that Pulumi keeps encrypted."""

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The identity, the same for the same inputs."""

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """The outputs that create (with `old` empty) or update will have, UNKNOWN where nobody can tell
        yet.
        """

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Property paths of outputs that are not what these inputs make; the status is compared already."""

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Make the resource, or adopt what an interrupted run left. Returns outputs. A failure leaves
        nothing.
        """

    def read(self, state: Mapping[str, Any]) -> State | None:
        """The outputs as they are now, or None when the resource is gone."""

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Change the resource in place, or mend it. Returns outputs."""

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Remove all of it. What is gone already is no failure."""
