"""What python-gitlab's exceptions say."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.forge.connection_failure import connection_failure
from llmdeploy.infra.forge.failure import Failure, Refused

if TYPE_CHECKING:
    import requests

_LONGEST: Final = 200


def refusing_session() -> requests.Session:
    """A session that raises for what GitLab refuses, before python-gitlab does: its exceptions lack the
    headers that say when to ask again, and it would sleep on its own."""
    import requests

    session = requests.Session()
    session.hooks["response"].append(_refuse)
    return session


def gitlab_failure(error: Exception) -> Failure | None:
    """The failure; None for an exception that is not of the forge."""
    import gitlab

    if isinstance(error, gitlab.exceptions.GitlabParsingError):
        return Failure("an answer that is not GitLab's")
    if isinstance(error, gitlab.exceptions.GitlabError):
        said = str(error.error_message)[:_LONGEST]
        return Failure(said, error.response_code or HTTPStatus.BAD_REQUEST)
    return connection_failure(error)


def _refuse(response: requests.Response, *_: Any, **__: Any) -> None:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        headers = {name.lower(): value for name, value in response.headers.items()}
        raise Refused(Failure(_said(response), response.status_code, headers))


def _said(response: requests.Response) -> str:
    """GitLab's own message, which can be a list or an object; a proxy's page is left out."""
    try:
        told = response.json()
    except ValueError:
        return response.reason or ""
    message = told.get("message") or told.get("error") if isinstance(told, dict) else None
    return " ".join(str(message or response.reason).removeprefix(f"{response.status_code} ").split())[
        :_LONGEST
    ]
