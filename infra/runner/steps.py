"""One of Pulumi's steps as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llmdeploy.infra.runner.events import Op, Step
from llmdeploy.infra.runner.properties import property_changes

if TYPE_CHECKING:
    from pulumi.automation.events import StepEventMetadata

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"

_OPS: Mapping[str, Op] = {
    "same": "same",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "create-replacement": "replace",
    "delete-replaced": "delete",
    "read": "read",
    "read-replacement": "read",
    "refresh": "refresh",
    "discard": "discard",
    "discard-replaced": "discard",
    "import": "import",
    "import-replacement": "import",
}
"""Pulumi's step operations (sdk/go/common/display/op.go at v3.259.0); those absent are bookkeeping."""

_COMPARED = {"update", "replace", "refresh"}


def step_of(metadata: StepEventMetadata, refreshing: bool) -> Step | None:
    """The step; None for the stack itself, providers and bookkeeping.

    Args:
        refreshing: the run only looks: updates and deletions are what it found.
    """
    op = _OPS.get(metadata.op.value)
    if refreshing and op in {"update", "delete"}:
        op = "refresh"
    if op is None or metadata.type == STACK_TYPE or metadata.type.startswith(PROVIDER_PREFIX):
        return None
    kind, name = type_and_name(metadata.urn)
    state = metadata.new or metadata.old
    return Step(
        op=op,
        type=kind,
        name=name,
        urn=metadata.urn,
        parent=_parent(state.parent if state else ""),
        changes=property_changes(metadata, drift=op == "refresh") if op in _COMPARED else (),
        gone=op == "refresh" and metadata.new is None,
        replaced=metadata.op.value in {"delete-replaced", "discard-replaced"},
        component=not (state and state.custom),
    )


def type_and_name(urn: str) -> tuple[str, str]:
    """`urn:pulumi:stack::project::parent$type::name` → (`type`, `name`)."""
    parts = urn.split("::", 3)
    if len(parts) < 4:
        return "", ""
    return parts[2].rsplit("$", 1)[-1], parts[3]


def _parent(urn: str) -> str:
    return "" if type_and_name(urn)[0] == STACK_TYPE else urn
