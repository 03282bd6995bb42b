"""Google's access and identity tokens, signed by the simulation. They live for an hour, as real ones do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from llmdeploy.infra.provider import files

LIFE_S: Final = 3600.0
"""Google's default (iam/docs/service-account-creds, access tokens)."""
RENEWED_S: Final = 1800.0
"""With so much left another one is made, so that what is written now is good for half an hour."""
_FILE: Final = "tokens.json"
_ACCESS: Final = "ya29.simulated."
_ISSUER: Final = "https://accounts.google.com"


class BadToken(Exception):
    """A token that is not taken. `expired`: it was good once."""

    def __init__(self, expired: bool = False) -> None:
        super().__init__("expired" if expired else "invalid")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of the simulated clouds in a folder. All processes that sign and check share their key."""

    folder: Path

    def current(self, audience: str = "", now: float | None = None) -> str:
        """A token that is good for half an hour at least; the same one as long as it is.

        Args:
            audience: whom an identity token is for; empty for an access token.
        """
        moment = time.time() if now is None else now
        with files.locked(self.folder):
            known = self._known()
            kept = known["tokens"].get(audience)
            if kept is None or kept["expires"] - moment < RENEWED_S:
                kept = {"token": self._signed(known["key"], audience, moment), "expires": moment + LIFE_S}
                known["tokens"][audience] = kept
                files.write_private(self.folder / _FILE, json.dumps(known))
        return str(kept["token"])

    def check(self, token: str, audience: str = "", now: float | None = None) -> None:
        """See that it is ours, for this audience, and has not ended.

        Raises:
            BadToken: it is not.
        """
        if (not audience) != token.startswith(_ACCESS):
            raise BadToken
        content, _, signature = token.removeprefix(_ACCESS).rpartition(".")
        known = json.loads(files.read_text(self.folder / _FILE) or "{}")
        if not known or not hmac.compare_digest(signature.encode(), _mac(known["key"], content).encode()):
            raise BadToken
        claims = json.loads(_unpacked(content.rpartition(".")[2]))
        if claims.get("aud") != (audience or None):
            raise BadToken
        if claims["exp"] <= (time.time() if now is None else now):
            raise BadToken(expired=True)

    def _known(self) -> dict[str, Any]:
        text = files.read_text(self.folder / _FILE)
        return dict(json.loads(text)) if text else {"key": secrets.token_hex(32), "tokens": {}}

    def _signed(self, key: str, audience: str, moment: float) -> str:
        claims = {"iss": _ISSUER, "iat": int(moment), "exp": int(moment + LIFE_S), "simulated": True}
        if audience:
            claims["aud"] = audience
        content = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(claims)}"
        return f"{'' if audience else _ACCESS}{content}.{_mac(key, content)}"


def _packed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(key: str, content: str) -> str:
    made = hmac.new(key.encode(), content.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
