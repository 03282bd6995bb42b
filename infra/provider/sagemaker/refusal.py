"""What SageMaker says when it says no, and what to do about it."""

from __future__ import annotations

import re
from typing import Final

from llmdeploy.infra.provider.amazon.refusal import Words
from llmdeploy.infra.provider.errors import ServiceRefused

_ABSENT: Final = re.compile(r"could not find inference component|does not exist", re.I)
"""SageMaker has no error of its own for what is not there: a ValidationException says so."""
_UNDER_WAY: Final = re.compile(r"_IN_PROGRESS|in progress", re.I)
"""Seen: `… while it is in state CREATE_IN_PROGRESS`, and `UPDATE_RC_IN_PROGRESS` while copies are scaled
(huggingface/skills#215, 2026-07)."""
_FULL: Final = re.compile(r"not enough hardware resources|insufficient", re.I)
_RIGHTS: Final = (
    "give these credentials sagemaker:CreateInferenceComponent, DescribeInferenceComponent, "
    "UpdateInferenceComponent, DeleteInferenceComponent, AddTags, DeleteTags and ListTags"
)


def mend(location: str, code: str, said: str) -> str:
    """What to do about a refusal."""
    if _FULL.search(said):
        return failed_mend(said)
    if _UNDER_WAY.search(said):
        return "wait until it is done, then run the same command again"
    if "not supported in this endpoint" in said.lower():
        return "run `llmdeploy destroy`, then `llmdeploy up`: its endpoint hosts a model of its own"
    return {
        "AccessDeniedException": _RIGHTS,
        "ResourceInUse": "another run is at work on it: wait for that one, then run this again",
        "ResourceLimitExceeded": (
            f"ask for more of SageMaker's quota in {location} (`llmdeploy preflight` names it), or lower "
            "scaling.max"
        ),
        "ThrottlingException": "wait a few minutes, then run the same command again",
    }.get(code, "see the words of AWS")


WORDS: Final = Words(
    "SageMaker",
    mend,
    lambda: "`variant: self-hosted` there",
    not_yet=lambda _said: False,
    absent=lambda code, said: code == "ValidationException" and bool(_ABSENT.search(said)),
)


def is_under_way(error: ServiceRefused) -> bool:
    """Whether a call was refused because something else is being done to the component."""
    return bool(_UNDER_WAY.search(error.problem))


def failed_mend(said: str) -> str:
    """What to do about a component that has failed.

    Args:
        said: its `FailureReason`.
    """
    if _FULL.search(said):
        return (
            "choose another GPU (`hardware.gpu`), or ask for more of SageMaker's quota: an instance has no "
            "room for a copy, or there is none"
        )
    return (
        "see `llmdeploy logs`, mend what keeps the container from answering, then run the same command again"
    )
