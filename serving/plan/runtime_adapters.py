"""What is said of adapters that come and go while replicas run."""

from __future__ import annotations

from llmdeploy.serving.frameworks.adapters import RuntimeAdapters
from llmdeploy.serving.plan.draft import Draft


def decided_on_adapters(draft: Draft, adapters: RuntimeAdapters | None) -> Draft:
    """A copy that records what a change of adapters will do, where the spec wants it at run time."""
    if adapters is None:
        return draft
    room = f"room for {adapters.most} of rank up to {adapters.rank}"
    return draft.decided(
        "model.adapters", room, "model.runtime_adapters: a change within the room restarts no replica"
    )
