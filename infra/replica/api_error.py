"""Errors in OpenAI's shape."""

from __future__ import annotations

import json
from typing import Any

RETRY_AFTER_S = 1
"""What `Retry-After` says. An answer of the bundled model takes about a second."""


class ApiError(Exception):
    """An answer that is an error. `code` and `kind` (the body's `type`) are those that OpenAI's API uses."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        kind: str = "invalid_request_error",
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.kind = kind
        self.param = param

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After` where trying again makes sense."""
        return {"retry-after": str(RETRY_AFTER_S)} if self.status in (429, 503) else {}


def model_not_found(name: str, known: tuple[str, ...]) -> ApiError:
    """The request names a model that this replica does not serve."""
    message = f"The model `{name}` does not exist; this replica serves {', '.join(known)}."
    return ApiError(404, message, code="model_not_found", param="model")


def queue_full() -> ApiError:
    """429 and not 503: a full replica is well, and must not be ejected by a gateway that counts 5xx."""
    return ApiError(429, "This replica's queue is full.", code="queue_full", kind="rate_limit_error")


def not_ready(state: str) -> ApiError:
    """The replica is loading or draining."""
    return ApiError(503, f"This replica is {state}.", code=state, kind="service_unavailable_error")


def engine_gone() -> ApiError:
    """The engine ended while it worked on the request."""
    return ApiError(
        502, "The engine of this replica has ended.", code="engine_ended", kind="service_unavailable_error"
    )


def from_engine(status: int, body: bytes) -> ApiError:
    """An error that llama.cpp answered, brought into OpenAI's shape."""
    try:
        error = json.loads(body)["error"]
        message, kind = str(error["message"]), str(error["type"])
    except (ValueError, KeyError, TypeError):
        return ApiError(502, f"The engine answered {status} without a message.", kind="server_error")
    if kind == "exceed_context_size_error":
        return ApiError(400, message, code="context_length_exceeded", param="messages")
    if status >= 500:
        return ApiError(status, message, kind="server_error")
    return ApiError(status, message)
