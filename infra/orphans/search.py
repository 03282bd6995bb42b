"""How a cloud is asked for what carries our tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from llmdeploy.infra.orphans.found import Tagged


class TagSearch(Protocol):
    """One account of one cloud. Safe to use from several threads; a call may take seconds."""

    def places(self, locations: Sequence[str]) -> Sequence[str]:
        """Where to look so that all of these regions are looked into, and what is global; `""`: everywhere
        in one go.
        """

    def tagged(self, place: str, stack: str) -> Sequence[Tagged]:
        """What carries our tags there, and maybe what has ended and is only still listed.

        Args:
            stack: only that one's; empty: every stack's.

        Raises:
            CloudUnasked: the cloud does not answer.
        """

    def remains(self, found: Tagged) -> bool:
        """Whether it is still there, as far as can be told."""


TagSearches = Mapping[str, Callable[[], TagSearch]]
"""By provider. One is made when its cloud is first asked, which may raise ExtraMissing or NoCredentials."""
