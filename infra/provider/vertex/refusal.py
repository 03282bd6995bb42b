"""What Google says when it says no, in words that name the place and the mend."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.provider.errors import ServiceRefused

if TYPE_CHECKING:
    import httpx

LOGIN: Final = "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS"
QUOTA: Final = re.compile(r"custom_model_serving_\w+")
"""The quotas of replicas, which more patience does not raise."""
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST: Final = 600
"""Characters of Google's own sentence that are shown."""


def tries_again(answer: httpx.Response | None) -> bool:
    """Whether the same call may do better soon: no answer, too many calls, a fault of Google's."""
    if answer is None:
        return True
    return answer.status_code in _BUSY and not QUOTA.search(answer.text)


def refusal(method: str, host: str, path: str, answer: httpx.Response | None) -> ServiceRefused:
    """The error of a call."""
    what = f"{method} {path}"
    if answer is None:
        return ServiceRefused(f"{host} does not answer ({what})", "see that this machine reaches it")
    said = _sentence(answer)
    return ServiceRefused(
        f"{host} refuses {what}: {said}", mend(answer.status_code, said), answer.status_code
    )


def mend(status: int, said: str) -> str:
    """What to do about it."""
    if found := QUOTA.search(said):
        return (
            f"ask for more of the quota aiplatform.googleapis.com/{found.group(0)} in this region "
            "(it is not Compute Engine's), lower scaling.min, or use another GPU or region"
        )
    return {
        401: LOGIN,
        403: (
            "enable aiplatform.googleapis.com in the project, and give these credentials "
            "roles/aiplatform.admin and roles/iam.serviceAccountUser"
        ),
        404: "run `llmdeploy up` again: what was deleted behind its back is made anew",
        409: "another run is at work on it: wait for that one, then run the same command again",
        429: "wait a few minutes, then run the same command again",
    }.get(status, "run the same command again" if status >= 500 else "see the words of Google")


def _sentence(answer: httpx.Response) -> str:
    """`code: message` of Google's error, or the status alone."""
    try:
        error: Any = answer.json()["error"]
        said = f"{error.get('status', answer.status_code)}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        said = f"HTTP {answer.status_code}"
    return said[:_LONGEST]
