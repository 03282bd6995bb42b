"""Which pull request a run was for."""

from __future__ import annotations

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.protocol import Forge


def pull_request_of(forge: Forge, event: CiEvent) -> int | None:
    """The number of the open pull request that proposes the event's commit, as the forge knows it; None when
    there is none, or more than one. Nothing that the run itself says or leaves behind is asked.

    Raises:
        ForgeForbidden, ForgeUnusable: the forge does not tell.
    """
    if event.number is not None:
        return event.number
    numbers = [pull.number for pull in forge.open_at(event)]
    return numbers[0] if len(numbers) == 1 else None
