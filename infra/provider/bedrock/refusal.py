"""What AWS says when it says no, in words that name the place and the mend."""

from __future__ import annotations

import re
from typing import Any, Final

from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.serving.catalog.managed import managed_service

LOGIN: Final = "run `aws configure` or `aws sso login`; `aws sts get-caller-identity` shows who you are"
_STALE: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)
"""Common errors of AWS's services. What they say of a signature quotes the request: it is not shown."""
_BUSY: Final = frozenset({"ThrottlingException", "TooManyRequestsException", "InternalServerException"})
_NOT_YET: Final = re.compile(r"\bassum", re.I)
"""A role is known everywhere only some seconds after it was made (IAM user guide, eventual consistency)."""
_RIGHTS: Final = (
    "give these credentials bedrock:CreateModelImportJob, GetModelImportJob, ListModelImportJobs, "
    "GetImportedModel, DeleteImportedModel, TagResource, UntagResource and ListTagsForResource, and "
    "iam:PassRole on the import role"
)
_LONGEST: Final = 600
"""Characters of AWS's own sentence that are shown."""


def tries_again(error: Exception) -> bool:
    """Whether the same call may do better soon: no answer, too many calls, a fault of AWS's, a new role."""
    code, said, status = _told(error)
    if not status:
        return type(error).__name__ in _UNREACHED
    return code in _BUSY or status >= 500 or (code == "ValidationException" and bool(_NOT_YET.search(said)))


_UNREACHED: Final = frozenset(
    {"ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError", "ConnectionError", "HTTPClientError"}
)
"""botocore.exceptions. `EndpointConnectionError` is none of them: a name that there is not stays so."""


def refusal(location: str, operation: str, error: Exception) -> ServiceRefused:
    """The error of a call."""
    code, said, status = _told(error)
    what = "".join(word.capitalize() for word in operation.split("_"))
    if not status:
        return _unanswered(location, what, type(error).__name__)
    told = code if code in _STALE else f"{code}: {said}"
    return ServiceRefused(
        f"aws/{location}: Bedrock refuses {what}: {told}", mend(location, code, said), status
    )


def mend(location: str, code: str, said: str) -> str:
    """What to do about it."""
    if code in _STALE:
        return LOGIN
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


def _unanswered(location: str, what: str, kind: str) -> ServiceRefused:
    if "Credential" in kind or "SSO" in kind or "Token" in kind:
        return ServiceRefused(f"aws/{location}: there are no credentials for {what} ({kind})", LOGIN, 401)
    if kind == "EndpointConnectionError":
        return ServiceRefused(
            f"aws/{location}: Bedrock does not answer {what}",
            f"see that this machine reaches it, or {regions()}",
        )
    if kind == "ParamValidationError":
        return ServiceRefused(
            f"aws/{location}: boto3 does not take {what}", "this is a fault of llmdeploy: report it"
        )
    return ServiceRefused(
        f"aws/{location}: Bedrock does not answer {what} ({kind})", "see that this machine reaches it"
    )


def _told(error: Exception) -> tuple[str, str, int]:
    """Code, sentence and HTTP status; the status is 0 where AWS has not answered."""
    response: Any = getattr(error, "response", None) or {}
    told = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = " ".join(str(told.get("Message", "")).split())
    return str(told.get("Code", "")), said[:_LONGEST], status
