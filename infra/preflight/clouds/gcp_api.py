"""Google's REST APIs, with the transport, retries and credentials of Google's own client library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from llmdeploy.infra.preflight.clouds.errors import (
    CloudUnasked,
    Denied,
    ExtraMissing,
    NoAnswer,
    NoCredentials,
    Rejected,
    ServiceDisabled,
)
from llmdeploy.infra.preflight.clouds.protocol import Identity

LOGIN: Final = "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS"
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT_S: Final = 15
_RETRIES: Final = 3
"""Of 429, 503 and the like; the library waits up to 2, 4 and 8 seconds before them."""
_DISABLED: Final = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})


class NotThere(CloudUnasked):
    """The thing that is asked about does not exist."""


class GoogleApi:
    """Asks Google's APIs as JSON.

    Args:
        transport: makes what one thread sends its requests with (an `httplib2.Http`, which no two may share).
        project: the project that is asked about.
        who: the account that the credentials are of.
    """

    def __init__(self, transport: Callable[[], Any], project: str, who: str, retries: int = _RETRIES) -> None:
        self._transport = transport
        self._retries = retries
        self.identity = Identity(who, project)

    @property
    def project(self) -> str:
        """The project that is asked about."""
        return self.identity.account

    def get(self, url: str, permission: str, **query: str) -> dict[str, Any]:
        """GET; see `_ask`."""
        return self._ask("GET", f"{url}?{urlencode(query)}" if query else url, permission, None)

    def post(self, url: str, permission: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST; see `_ask`."""
        return self._ask("POST", url, permission, json.dumps(body))

    def _ask(self, method: str, url: str, permission: str, body: str | None) -> dict[str, Any]:
        """Raises NotThere, or another CloudUnasked."""
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError
        from googleapiclient.http import HttpRequest
        from httplib2 import HttpLib2Error

        request = HttpRequest(
            self._transport(),
            lambda _response, content: json.loads(content),
            url,
            method=method,
            body=body,
            headers={"accept": "application/json", "content-type": "application/json"},
        )
        try:
            answer = request.execute(num_retries=self._retries)
        except HttpError as error:
            raise self._refused(error, permission) from error
        except GoogleAuthError as error:
            raise NoCredentials(
                f"Google does not take these credentials ({type(error).__name__})", LOGIN
            ) from error
        except (OSError, ValueError, HttpLib2Error) as error:
            raise NoAnswer(permission, type(error).__name__) from error
        return answer if isinstance(answer, dict) else {}

    def _refused(self, error: Any, permission: str) -> CloudUnasked:
        status = int(error.resp.status)
        if status == 404:
            return NotThere(f"{permission}: not found", "see that it exists")
        if status == 401:
            return NoCredentials("Google does not take these credentials", LOGIN)
        if status == 403:
            service = _disabled_service(error.content)
            return ServiceDisabled(service, self.project) if service else Denied("gcp", permission)
        return (Rejected if status == 400 else NoAnswer)(permission, f"HTTP {status}")


def google_api(environ: Mapping[str, str]) -> GoogleApi:
    """The APIs with the Application Default Credentials.

    Raises:
        ExtraMissing: Google's client library is not installed.
        NoCredentials: there are none, or no project is named.
    """
    try:
        import google.auth
        import google_auth_httplib2
        import httplib2
    except ImportError as error:
        raise ExtraMissing("gcp", "google-api-python-client") from error
    try:
        credentials, project = google.auth.default(scopes=[_SCOPE])
    except google.auth.exceptions.GoogleAuthError as error:
        raise NoCredentials("there are no credentials of Google Cloud", LOGIN) from error
    chosen = next(filter(None, (environ.get(name) for name in PROJECT_VARIABLES)), project)
    if not chosen:
        raise NoCredentials("no project of Google Cloud is named", "set GOOGLE_CLOUD_PROJECT")

    def transport() -> Any:
        return google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=_TIMEOUT_S))

    return GoogleApi(transport, chosen, _who(credentials))


PROJECT_VARIABLES: Final = (
    "GOOGLE_PROJECT",
    "GOOGLE_CLOUD_PROJECT",
    "GCLOUD_PROJECT",
    "CLOUDSDK_CORE_PROJECT",
)
"""In the order in which Pulumi's Google provider looks (its page "Installation & Configuration")."""


def _who(credentials: Any) -> str:
    for attribute in ("service_account_email", "account"):
        if name := getattr(credentials, attribute, ""):
            return str(name)
    return "a user"


def _disabled_service(content: bytes) -> str:
    """The service that is not enabled, if that is why the answer is 403."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    for detail in error.get("details", ()):
        if detail.get("reason") in _DISABLED:
            return str(detail.get("metadata", {}).get("service", "an API"))
    reasons = {each.get("reason") for each in error.get("errors", ())}
    return "an API" if reasons & _DISABLED else ""
