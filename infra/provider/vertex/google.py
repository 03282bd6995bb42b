"""Google's REST interfaces as the resources speak them: JSON, tries again, and errors that say the mend."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from llmdeploy.infra.provider.errors import Cancelled, ServiceRefused
from llmdeploy.infra.provider.vertex.refusal import LOGIN, refusal, tries_again
from llmdeploy.infra.provider.work import Work
from llmdeploy.infra.simulate.rest.variables import ADDRESS, TOKEN

if TYPE_CHECKING:
    import httpx

SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_S: Final = 60.0
TRIES: Final = 6
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
"""Seconds. What is refused for longer than six tries is a fault to be told."""


class Google(Protocol):
    """What the resources need of Google."""

    def call(
        self,
        method: str,
        host: str,
        path: str,
        work: Work,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Ask `https://host/v1/path`.

        Raises:
            ServiceRefused: Google says no, or nothing. `status` is the HTTP status, 0 without an answer.
            Cancelled: the user interrupted between two tries.
        """


class GoogleRest:
    """Google itself, with the Application Default Credentials; or, where the environment names one, the
    simulated Google of this machine.

    Args:
        token: gives an access token; with True a new one.
        base: goes before the host: `https://`, or the address of a simulation.
    """

    def __init__(self, token: Callable[[bool], str], base: str = "https://") -> None:
        self._token, self._base = token, base
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def call(
        self,
        method: str,
        host: str,
        path: str,
        work: Work,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """See `Google.call`."""
        url, renew, pause = f"{self._base}{host}/v1/{path}", False, FIRST_PAUSE_S
        for last in (False,) * (TRIES - 1) + (True,):
            answer = self._ask(method, url, query, body, renew)
            if answer is not None and answer.status_code < 400:
                return _content(answer)
            stale = answer is not None and answer.status_code == 401 and not renew
            if last or not (stale or tries_again(answer)):
                raise refusal(method, host, path, answer)
            if stale:
                renew = True
                continue
            pause = _pause(answer, pause)
            work.report(f"{host} asks for patience, again in {pause:.0f} s")
            if work.cancelled.wait(pause):
                raise Cancelled("interrupted while waiting", "run the same command again to go on")
            pause = min(2 * pause, LONGEST_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _ask(
        self, method: str, url: str, query: Mapping[str, str] | None, body: Any, renew: bool
    ) -> httpx.Response | None:
        """None: no answer at all."""
        import httpx

        headers = {"Authorization": f"Bearer {self._token(renew)}"}
        try:
            return self._connection().request(method, url, params=query, json=body, headers=headers)
        except httpx.TransportError:
            # Without an answer nobody knows what was done: every call may be made twice.
            return None

    def _connection(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                # Proxies are the user's, but none leads to a simulation on this machine.
                self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=self._base == "https://")
            return self._client


def google_rest(environ: Mapping[str, str] = os.environ) -> GoogleRest:
    """Google, or the simulation that the environment names; its token is of no use elsewhere.

    Raises:
        ServiceRefused: there are no credentials; only once a token is needed.
    """
    address = environ.get(ADDRESS, "")
    if address:
        return GoogleRest(lambda _renew: environ.get(TOKEN, ""), f"{address}/")
    return GoogleRest(_DefaultCredentials().token)


class _DefaultCredentials:
    """Looked up when the first token is asked for; a token is kept until it is about to end."""

    def __init__(self) -> None:
        self._credentials: Any = None
        self._lock = threading.Lock()

    def token(self, renew: bool) -> str:
        try:
            import google.auth
            import google_auth_httplib2
            import httplib2
            from google.auth.exceptions import GoogleAuthError
        except ImportError as error:
            raise ServiceRefused(
                "Google's client library is not installed", "pip install 'llmdeploy-stacks[gcp]'"
            ) from error
        with self._lock:
            try:
                if self._credentials is None:
                    self._credentials, _ = google.auth.default(scopes=[SCOPE])
                if renew or not self._credentials.valid:
                    self._credentials.refresh(google_auth_httplib2.Request(httplib2.Http(timeout=TIMEOUT_S)))
            except GoogleAuthError as error:
                # The library's own text may quote what it was given.
                raise ServiceRefused(
                    f"Google does not take these credentials ({type(error).__name__})", LOGIN, 401
                ) from error
            return str(self._credentials.token)


def _pause(answer: httpx.Response | None, pause: float) -> float:
    told = answer.headers.get("retry-after", "") if answer is not None else ""
    return min(float(told), LONGEST_PAUSE_S) if told.isdigit() else pause


def _content(answer: httpx.Response) -> dict[str, Any]:
    found = answer.json() if answer.content else {}
    return found if isinstance(found, dict) else {}
