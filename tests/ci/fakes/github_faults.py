"""How GitHub refuses."""

from __future__ import annotations

import time

from tests.ci.fakes.messages import Answer


def github_fault(kind: str) -> Answer:
    """The answer of a fault that `ForgeServer.fault` names."""
    match kind:
        case "429":
            return Answer(429, {"message": "Too many requests"}, {"Retry-After": "1"})
        case "secondary":
            message = "You have exceeded a secondary rate limit. Please wait a few minutes."
            return Answer(403, {"message": message}, {"Retry-After": "1", **_remaining(4999, 3000)})
        case "primary":
            message = "API rate limit exceeded for installation ID 7."
            return Answer(403, {"message": message}, _remaining(0, 1))
        case "spent":
            message = "API rate limit exceeded for installation ID 7."
            return Answer(403, {"message": message}, _remaining(0, 3000))
        case "readonly":
            message = "Resource not accessible by integration"
            return Answer(403, {"message": message}, _remaining(4999, 3000))
        case "unauthorized":
            return Answer(401, {"message": "Bad credentials"})
        case "html":
            return Answer(502, b"<html><body>Unicorn!</body></html>", {"Content-Type": "text/html"})
        case _:
            return Answer(int(kind), {"message": "Server Error"})


def _remaining(requests: int, reset_s: int) -> dict[str, str]:
    return {"X-RateLimit-Remaining": str(requests), "X-RateLimit-Reset": str(int(time.time()) + reset_s)}
