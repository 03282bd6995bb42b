"""What PyGithub's exceptions say."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from llmdeploy.infra.forge.connection_failure import connection_failure
from llmdeploy.infra.forge.failure import Failure

_LONGEST: Final = 200


def github_failure(error: Exception) -> Failure | None:
    """The failure; None for an exception that is not of the forge."""
    import github

    if isinstance(error, github.GithubException):
        headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
        return Failure(_said(error.data, error.status), error.status, headers)
    if isinstance(error, github.BadAttributeException | ValueError):
        return Failure("an answer that is not GitHub's")
    if isinstance(error, RuntimeError):  # a redirect to another host
        return Failure(str(error)[:_LONGEST], status=HTTPStatus.BAD_REQUEST)
    return connection_failure(error)


def _said(data: object, status: int) -> str:
    """GitHub's own message; a proxy's page is left out."""
    message = data.get("message") if isinstance(data, dict) else None
    if isinstance(message, str):
        return " ".join(message.split())[:_LONGEST]
    known = {each.value: each.phrase for each in HTTPStatus}
    return known.get(status, "")
