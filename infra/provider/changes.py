"""What a diff says: which properties change, and whether in place or by another resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from llmdeploy.infra.provider.resource import Resource

STATUS = "status"
"""An input that says what is wanted and an output that says what is: its difference is drift."""


def changes(
    resource: Resource, state: Mapping[str, Any], inputs: Mapping[str, Any], ignored: Sequence[str]
) -> DiffResponse:
    """Compare the state with the inputs wanted, property by property."""
    wanted = {**inputs, **{key: state[key] for key in ignored if key in state}}
    changed = [key for key in resource.inputs.model_fields if state.get(key) != wanted.get(key)]
    replacing = [key for key in changed if key in resource.replace_on]
    detailed = {
        key: PropertyDiff(_kind(key, state, wanted, replacing), input_diff=key != STATUS) for key in changed
    }
    if set(changed) <= {STATUS}:
        # A changed input changes the digests too: only what drifted by itself is worth a line of its own.
        for path in sorted(resource.drift(wanted, state)):
            detailed[path] = PropertyDiff(PropertyDiffKind.UPDATE, input_diff=False)
    return DiffResponse(
        changes=bool(detailed),
        replaces=replacing,
        diffs=list(detailed),
        detailed_diff=detailed,
    )


def _kind(
    key: str, state: Mapping[str, Any], wanted: Mapping[str, Any], replacing: Sequence[str]
) -> PropertyDiffKind:
    if key in replacing:
        return PropertyDiffKind.UPDATE_REPLACE
    if state.get(key) is None:
        return PropertyDiffKind.ADD
    return PropertyDiffKind.DELETE if wanted.get(key) is None else PropertyDiffKind.UPDATE
