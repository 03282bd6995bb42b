"""Azure Resource Manager, asked as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.preflight.clouds.azure_token import (
    LOGIN,
    Tokens,
    of_command_line,
    of_principal,
    subscription_of_command_line,
)
from llmdeploy.infra.preflight.clouds.errors import (
    CloudUnasked,
    Denied,
    NoAnswer,
    NoCredentials,
    Rejected,
    ServiceDisabled,
)
from llmdeploy.infra.preflight.clouds.patient import TIMEOUT_S

if TYPE_CHECKING:
    import httpx

ENDPOINT: Final = "https://management.azure.com"
SUBSCRIPTION_VARIABLES: Final = ("ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")
_UNREGISTERED: Final = frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"})


class NotThere(CloudUnasked):
    """The thing that is asked about does not exist."""


class AzureApi:
    """One subscription.

    Args:
        token: gives the access token that is good now; it goes to Azure alone.
        client: what sends the requests. Several threads may share it.
    """

    def __init__(self, subscription: str, token: Callable[[], str], client: httpx.Client) -> None:
        self.subscription = subscription
        self._token, self._client = token, client

    def get(self, path: str, action: str, version: str, **query: str) -> dict[str, Any]:
        """GET of a path, which begins with a slash.

        Args:
            action: what the credentials must allow for it.
            version: of the API.

        Raises:
            NotThere, or another CloudUnasked.
        """
        import httpx

        headers = {"authorization": f"Bearer {self._token()}", "accept": "application/json"}
        try:
            answer = self._client.get(
                f"{ENDPOINT}{path}", params={"api-version": version, **query}, headers=headers
            )
            told = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise NoAnswer(action, type(error).__name__) from None
        if answer.status_code >= 400:
            raise self._refused(answer.status_code, told, action)
        return dict(told) if isinstance(told, Mapping) else {}

    def _refused(self, status: int, told: Any, action: str) -> CloudUnasked:
        error = told.get("error") if isinstance(told, Mapping) else None
        code = str(error.get("code", "")) if isinstance(error, Mapping) else ""
        if status == 404:
            return NotThere(f"{action}: not found", "see that it exists")
        if status == 401:
            return NoCredentials("Azure does not take these credentials", LOGIN)
        if code in _UNREGISTERED:
            return ServiceDisabled(action.partition("/")[0], self.subscription)
        if status == 403:
            return Denied("azure", action)
        return (Rejected if status == 400 else NoAnswer)(action, f"HTTP {status} {code}".strip())


def azure_api(environ: Mapping[str, str]) -> AzureApi:
    """The subscription with the credentials that `up` takes too.

    Raises:
        NoCredentials: there are none, or no subscription is set.
    """
    import httpx

    client = httpx.Client(timeout=TIMEOUT_S)
    fetch = of_principal(environ, client) or of_command_line()
    if fetch is None:
        raise NoCredentials("there are no credentials of Azure", LOGIN)
    named = next(filter(None, (environ.get(name) for name in SUBSCRIPTION_VARIABLES)), "")
    subscription = named or subscription_of_command_line()
    if not subscription:
        raise NoCredentials("no subscription of Azure is set", "set ARM_SUBSCRIPTION_ID, or run `az login`")
    return AzureApi(subscription, Tokens(fetch).current, client)
