"""Failures of the HTTP clients."""

from __future__ import annotations

from llmdeploy.infra.forge.failure import Failure, Refused


def connection_failure(error: Exception) -> Failure | None:
    """What it means that there was no answer; None when the exception says something else.

    The texts of these exceptions are left out: they are long, and can hold what was sent.
    """
    import httpx
    import requests

    if isinstance(error, Refused):
        return error.failure
    if isinstance(error, requests.Timeout | httpx.TimeoutException):
        return Failure("no answer in time")
    if isinstance(error, requests.JSONDecodeError):
        return Failure("an answer that breaks off")
    if isinstance(error, requests.RequestException | httpx.TransportError):
        return Failure("the connection failed")
    return None
