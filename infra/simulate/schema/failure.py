"""One thing wrong with a resource's inputs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class InputFailure:
    """A property and what is wrong with it.

    Args:
        property: its path as on the wire, like `defaultActions[0].type`; empty for the resource as a whole.
        reason: in words, without the property's name. Values of secrets are never in it.
    """

    property: str
    reason: str
