"""What AWS says when it says no, in words that name the place and the mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.provider.errors import ServiceRefused

LOGIN: Final = "run `aws configure` or `aws sso login`; `aws sts get-caller-identity` shows who you are"
STALE: Final = frozenset(
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
_LONGEST: Final = 600
"""Characters of AWS's own sentence that are shown."""
_UNREACHED: Final = frozenset(
    {"ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError", "ConnectionError", "HTTPClientError"}
)
"""botocore.exceptions. `EndpointConnectionError` is none of them: a name that there is not stays so."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one service's refusals are told in.

    Args:
        service: as people call it.
        mend: what to do about a refusal, by the region, the error's code and its sentence.
        elsewhere: what to do where the region has no such service, after `see that this machine reaches it`.
        not_yet: whether a sentence says that something new is not known everywhere yet.
        absent: whether a code and sentence say that what is asked for is not there, whatever their status.
    """

    service: str
    mend: Callable[[str, str, str], str]
    elsewhere: Callable[[], str]
    not_yet: Callable[[str], bool]
    absent: Callable[[str, str], bool] = lambda _code, _said: False


NOT_THERE: Final = 404
"""The status of what is not there, also of services that answer it with another one."""


def tries_again(words: Words, error: Exception) -> bool:
    """Whether the same call may do better soon: no answer, too many calls, a fault of AWS's, a new role."""
    code, said, status = told(error)
    if not status:
        return type(error).__name__ in _UNREACHED
    return code in _BUSY or status >= 500 or (code == "ValidationException" and words.not_yet(said))


def refusal(words: Words, location: str, operation: str, error: Exception) -> ServiceRefused:
    """The error of a call."""
    code, said, status = told(error)
    what = "".join(word.capitalize() for word in operation.split("_"))
    if not status:
        return _unanswered(words, location, what, type(error).__name__)
    shown = code if code in STALE else f"{code}: {said}"
    return ServiceRefused(
        f"aws/{location}: {words.service} refuses {what}: {shown}",
        LOGIN if code in STALE else words.mend(location, code, said),
        NOT_THERE if words.absent(code, said) else status,
    )


def _unanswered(words: Words, location: str, what: str, kind: str) -> ServiceRefused:
    if "Credential" in kind or "SSO" in kind or "Token" in kind:
        return ServiceRefused(f"aws/{location}: there are no credentials for {what} ({kind})", LOGIN, 401)
    if kind == "EndpointConnectionError":
        return ServiceRefused(
            f"aws/{location}: {words.service} does not answer {what}",
            f"see that this machine reaches it, or {words.elsewhere()}",
        )
    if kind == "ParamValidationError":
        return ServiceRefused(
            f"aws/{location}: boto3 does not take {what}", "this is a fault of llmdeploy: report it"
        )
    return ServiceRefused(
        f"aws/{location}: {words.service} does not answer {what} ({kind})", "see that this machine reaches it"
    )


def told(error: Exception) -> tuple[str, str, int]:
    """Code, sentence and HTTP status; the status is 0 where AWS has not answered."""
    response: Any = getattr(error, "response", None) or {}
    inner = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = " ".join(str(inner.get("Message", "")).split())
    return str(inner.get("Code", "")), said[:_LONGEST], status
