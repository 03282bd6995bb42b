"""What was made and never worked, of the kinds that no update mends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.errors import StackMissing
from llmdeploy.infra.runner.questions import export
from llmdeploy.infra.runner.session import Session
from llmdeploy.infra.state.damage import state_file

_ANEW: Final = frozenset(
    {"aws:sagemaker/endpoint:Endpoint", "azure-native:machinelearningservices:OnlineDeployment"}
)
"""An endpoint of SageMaker that has failed can only be deleted (its API reference: UpdateEndpoint wants one
that is in service). The providers of both, asked to update what has failed, see nothing to do."""


def made_anew(session: Session, *, ask: bool) -> list[str]:
    """The URNs that the next run replaces: the engine keeps with each why it did not get ready.

    Args:
        ask: whether to ask the engine for a state that is not on this machine, which takes a second.
    """
    return [
        each["urn"]
        for each in _resources(session, ask)
        if each.get("type") in _ANEW and each.get("initErrors")
    ]


def _resources(session: Session, ask: bool) -> list[Mapping[str, Any]]:
    file = state_file(session.backend, session.project, session.stack)
    try:
        if file is not None:
            latest = json.loads(file.read_text("utf-8"))["checkpoint"]["latest"] or {}
        elif ask:
            latest = export(session).get("deployment") or {}
        else:
            return []
    except (OSError, ValueError, KeyError, TypeError, StackMissing):
        # What cannot be read is for the engine to explain.
        return []
    found: list[Mapping[str, Any]] = latest.get("resources") or []
    return found
