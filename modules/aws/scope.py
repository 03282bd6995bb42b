"""What the parts of one AWS region share, and the base of the components that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from llmdeploy.modules.aws import names
from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.plan.model import Slot


@dataclass(frozen=True, slots=True)
class Scope:
    """A region of a deployment, or what one of its versions has in it.

    Args:
        name: the logical name of the region, with which those of its resources begin.
        location: `us-east-1`.
        protected: whether load balancers refuse to be deleted, and buckets while they hold something.
        slot: of the version whose parts are named; what versions share is called as in `blue`.
    """

    name: str
    location: str
    deployment: Deployment
    protected: bool = False
    slot: Slot = "blue"

    def of(self, slot: Slot) -> Scope:
        """The same for the version in a slot."""
        return replace(self, slot=slot)

    def named(self, part: str) -> str:
        """The logical name of a part."""
        return f"{self.name}-{names.in_slot(part, self.slot)}"

    def tags(self, part: str) -> Mapping[str, str]:
        """The tags of a part: whose it is, and the name that AWS's console shows."""
        return {"Name": f"{self.deployment.stack}-{names.in_slot(part, self.slot)}", **self.deployment.tags}

    def lasting_tags(self, part: str) -> Mapping[str, str]:
        """The tags of what a launch template makes: without the spec's digest, which changes with every word
        of the spec and would replace the fleet each time.
        """
        return {key: value for key, value in self.tags(part).items() if not key.endswith("spec-digest")}


class Block(pulumi.ComponentResource):
    """A part of a region, made of resources that are its children."""

    def __init__(
        self,
        scope: Scope,
        part: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = type(self).__name__.removeprefix("Aws")
        super().__init__(f"llmdeploy:aws:{kind}", scope.named(part), {}, opts)
        self.scope = scope

    def options(
        self,
        *,
        after: Sequence[pulumi.Resource] = (),
        ignore: Sequence[str] = (),
        delete_within: str | None = None,
    ) -> pulumi.ResourceOptions:
        """The options of a child.

        Args:
            after: what must be there before, without being an input.
            ignore: properties that others change.
            delete_within: how long deleting may take, as Pulumi writes durations (`20m`).
        """
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            ignore_changes=list(ignore),
            custom_timeouts=pulumi.CustomTimeouts(delete=delete_within) if delete_within else None,
        )
