"""What Bedrock says when it says no, and what to do about it."""

from __future__ import annotations

import re
from typing import Final

from llmdeploy.infra.provider.amazon.refusal import Words
from llmdeploy.serving.catalog.managed import managed_service

_NOT_YET: Final = re.compile(r"\bassum", re.I)
"""A role is known everywhere only some seconds after it was made (IAM user guide, eventual consistency)."""
_RIGHTS: Final = (
    "give these credentials bedrock:CreateModelImportJob, GetModelImportJob, ListModelImportJobs, "
    "GetImportedModel, DeleteImportedModel, TagResource, UntagResource and ListTagsForResource, and "
    "iam:PassRole on the import role"
)


def mend(location: str, code: str, said: str) -> str:
    """What to do about a refusal."""
    if "region" in said.lower() or code == "UnknownOperationException":
        return regions()
    if _NOT_YET.search(said):
        return "run the same command again in a minute: a new role takes a while to be known"
    return {
        "AccessDeniedException": _RIGHTS,
        "ConflictException": "another run is at work on it: wait for that one, then run this again",
        "ResourceNotFoundException": "run `llmdeploy up` again: what was deleted is made anew",
        "ServiceQuotaExceededException": (
            f"ask for more of Bedrock's quota of imported models in {location}, delete one that nobody uses, "
            "or use another region"
        ),
        "ThrottlingException": "wait a few minutes, then run the same command again",
        "TooManyRequestsException": "wait a few minutes, then run the same command again",
        "InternalServerException": "run the same command again",
    }.get(code, "see the words of AWS")


def regions() -> str:
    """Where models can be imported."""
    known = ", ".join(managed_service("bedrock").regions or ())
    return f"use a region where models can be imported ({known}), or `variant: self-hosted` there"


WORDS: Final = Words("Bedrock", mend, regions, lambda said: bool(_NOT_YET.search(said)))


def failed_mend(said: str, source: str) -> str:
    """What to do about a job that has failed.

    Args:
        said: its `failureMessage`.
    """
    if re.search(r"architecture|not supported|unsupported", said, re.I):
        known = managed_service("bedrock").architectures
        names = ", ".join(known.runs) if known else ""
        return f"Bedrock imports {names}: use another model, or another service than Bedrock"
    if re.search(r"access|denied|permission|authoriz|forbidden", said, re.I):
        bucket = source.removeprefix("s3://").partition("/")[0]
        return (
            f"let the import role read {source}: a bucket of another account must allow it in its own "
            f"policy, and a KMS key of {bucket} too; then run the same command again"
        )
    return (
        f"mend what lies in {source} (config.json, tokenizer, *.safetensors), then run the same command again"
    )
