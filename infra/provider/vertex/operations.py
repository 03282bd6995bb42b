"""Long-running operations: waited for with progress, and found again by a later run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.long_jobs import by_its_clock, looks
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.refusal import mend
from llmdeploy.infra.provider.work import Work

LONGEST_LOOK_S: Final = 10.0
"""Between two looks at an operation that takes minutes: well below Google's quotas, and soon enough."""
_CODES: Final = {3: 400, 5: 404, 7: 403, 8: 429, 9: 400, 10: 409, 13: 500, 14: 503, 16: 401}
"""google.rpc.Code → the HTTP status that means the same (google/rpc/code.proto)."""


def finished(
    google: Google, host: str, operation: Mapping[str, Any], what: str, timeout_s: float, work: Work
) -> dict[str, Any]:
    """The response of an operation, once it has ended.

    Args:
        what: is done, for the lines of progress: `gcp/us-central1: deploying chat-blue`.

    Raises:
        ServiceRefused: it ended with an error, or did not end in time.
        Cancelled: the user interrupted.
    """
    told = dict(operation)
    if told.get("done"):
        return _response(told, what)
    for _ in looks(work, timeout_s, LONGEST_LOOK_S, lambda: f"{what}{_by_its_clock(told)}"):
        told.update(google.call("GET", host, str(operation["name"]), work))
        if told.get("done"):
            return _response(told, what)
    raise ServiceRefused(
        f"{what} has not ended after {timeout_s / 60:.0f} minutes",
        "run the same command again: it goes on waiting",
    )


def running(google: Google, host: str, name: str, work: Work) -> list[dict[str, Any]]:
    """The operations of a resource that have not ended; none where it is gone."""
    try:
        found = google.call("GET", host, f"{name}/operations", work).get("operations", [])
    except ServiceRefused as error:
        if error.status == 404:
            return []
        raise
    return [each for each in found if not each.get("done")]


def cancel(google: Google, host: str, operation: Mapping[str, Any], what: str, work: Work) -> None:
    """End an operation, whatever comes of it."""
    try:
        google.call("POST", host, f"{operation['name']}:cancel", work, body={})
        finished(google, host, operation, what, CANCEL_S, work)
    except ServiceRefused:
        # It had ended, well or badly, or Google does not let it be cancelled: what is there is seen next.
        return


CANCEL_S: Final = 600.0
"""How long a cancelled operation may still take."""


def _response(operation: Mapping[str, Any], what: str) -> dict[str, Any]:
    error = operation.get("error")
    if error:
        said = str(error.get("message", "no reason given"))
        status = _CODES.get(int(error.get("code", 0)), 0)
        raise ServiceRefused(f"{what} failed: {said}", _mend(status, said), status)
    return dict(operation.get("response", {}))


def _mend(status: int, said: str) -> str:
    if status in (401, 403) or "custom_model_serving" in said:
        return mend(status, said)
    if status == 429:
        return "the region has no such machine free now: run the same command again later, or use another GPU"
    return (
        'see the container\'s own log (Logs Explorer: resource.type="aiplatform.googleapis.com/Endpoint"), '
        "mend the spec, then run the same command again"
    )


def _by_its_clock(operation: Mapping[str, Any]) -> str:
    """How old it is, where it says; Google's own clock is behind at most."""
    told = operation.get("metadata", {}).get("genericMetadata", {})
    try:
        return by_its_clock(*(datetime.fromisoformat(told[at]) for at in ("createTime", "updateTime")))
    except (KeyError, ValueError):
        return ""
