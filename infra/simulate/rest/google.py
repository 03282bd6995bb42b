"""What Google's REST interfaces have in common: errors, credentials, throttling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest

CODES: Final = {
    "INVALID_ARGUMENT": (400, 3),
    "FAILED_PRECONDITION": (400, 9),
    "UNAUTHENTICATED": (401, 16),
    "PERMISSION_DENIED": (403, 7),
    "NOT_FOUND": (404, 5),
    "ALREADY_EXISTS": (409, 6),
    "RESOURCE_EXHAUSTED": (429, 8),
    "INTERNAL": (500, 13),
    "UNAVAILABLE": (503, 14),
}
"""Status → HTTP status and google.rpc.Code (google/rpc/code.proto)."""
THROTTLED: Final = (
    "Quota exceeded for quota metric 'Resource management (CRUD) requests' and limit 'Resource management "
    "(CRUD) requests per minute per region' of service 'aiplatform.googleapis.com'"
)
WAIT_S: Final = 1
_UNAUTHENTICATED: Final = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
    "valid authentication credential."
)


class GoogleRefusal(Exception):
    """A no, in Google's words."""

    def __init__(self, status: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})

    @property
    def answer(self) -> RestAnswer:
        """As HTTP."""
        http = CODES[self.status][0]
        error = {"code": http, "message": self.message, "status": self.status}
        return RestAnswer({"error": error}, http, self.headers)

    @property
    def rpc(self) -> dict[str, Any]:
        """As a google.rpc.Status, in an operation."""
        return {"code": CODES[self.status][1], "message": self.message}


def check_credentials(request: RestRequest, token: str, faults: Faults, region: str) -> None:
    """Raises GoogleRefusal: the token is another, or the fault `expired` is set."""
    expired = faults.strike("expired", "", "", region)
    if expired or request.authorization != f"Bearer {token}":
        raise GoogleRefusal("UNAUTHENTICATED", _UNAUTHENTICATED)


def check_pace(faults: Faults, token: str, name: str, region: str) -> None:
    """Raises GoogleRefusal: the fault `throttle` is set for a type of resource."""
    if faults.strike("throttle", token, name, region):
        raise GoogleRefusal("RESOURCE_EXHAUSTED", THROTTLED, {"Retry-After": str(WAIT_S)})
