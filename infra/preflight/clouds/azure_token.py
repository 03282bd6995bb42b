"""Access tokens for Azure Resource Manager: of a service principal, or of whoever has run `az login`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from llmdeploy.infra.preflight.clouds.errors import NoAnswer, NoCredentials

if TYPE_CHECKING:
    import httpx

SCOPE: Final = "https://management.azure.com/.default"
LOGIN: Final = (
    "run `az login`, or set ARM_SUBSCRIPTION_ID, ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET"
)
_SPARE_S: Final = 300.0
"""A token with less left is fetched anew."""
_AZ_S: Final = 30.0


class Token(NamedTuple):
    """A token, and when it ends by the epoch's clock."""

    text: str
    ends: float


Fetch = Callable[[], Token]


@dataclass
class Tokens:
    """The token that is good now."""

    fetch: Fetch
    _kept: Token | None = field(default=None, repr=False)

    def current(self) -> str:
        """Raises NoCredentials, or NoAnswer."""
        if self._kept is None or self._kept.ends - time.time() < _SPARE_S:
            self._kept = self.fetch()
        return self._kept.text


def of_principal(environ: Mapping[str, str], client: httpx.Client) -> Fetch | None:
    """By the secret of a service principal, under the names that pulumi-azure-native reads; None where one is
    missing.
    """
    names = ("ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET")
    tenant, principal, secret = (environ.get(name, "") for name in names)
    if not (tenant and principal and secret):
        return None

    def fetch() -> Token:
        import httpx

        form = {"grant_type": "client_credentials", "client_id": principal, "scope": SCOPE}
        try:
            answer = client.post(
                f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
                data={**form, "client_secret": secret},
            )
        except httpx.HTTPError as error:
            raise NoAnswer("login.microsoftonline.com", type(error).__name__) from None
        if answer.status_code != 200:
            raise NoCredentials("Azure does not take these credentials", LOGIN)
        told = answer.json()
        return Token(told["access_token"], time.time() + float(told["expires_in"]))

    return fetch


def of_command_line() -> Fetch | None:
    """By Azure's command line, of whoever is signed in there; None where it is not installed."""
    az = shutil.which("az")
    if az is None:
        return None

    def fetch() -> Token:
        command = [az, "account", "get-access-token", "--output", "json", "--scope", SCOPE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_AZ_S, check=True)
            told = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            raise NoCredentials("nobody is signed in to Azure", LOGIN) from None
        return Token(told["accessToken"], float(told.get("expires_on") or time.time() + 2 * _SPARE_S))

    return fetch


def subscription_of_command_line() -> str:
    """The subscription that `az` is set to; empty where it is set to none."""
    az = shutil.which("az")
    if az is None:
        return ""
    command = [az, "account", "show", "--query", "id", "--output", "tsv"]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=_AZ_S, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
