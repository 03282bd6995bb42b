"""The Hugging Face hub: whether a model can be read, without reading it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from llmdeploy.infra.preflight.clouds.errors import NoAnswer
from llmdeploy.infra.preflight.clouds.patient import TIMEOUT_S, Sleep, ask
from llmdeploy.infra.preflight.clouds.protocol import HubAccess

if TYPE_CHECKING:
    import httpx

ENDPOINT: Final = "https://huggingface.co"
_ANSWERS: Final[Mapping[str, HubAccess]] = {
    "GatedRepo": "gated",
    "RepoNotFound": "missing",
    "RevisionNotFound": "no-revision",
    # A repository without a config.json, such as one of GGUF files, is there all the same.
    "EntryNotFound": "open",
}
"""By the header X-Error-Code (huggingface_hub, utils/_http.py)."""


class HttpHub:
    """See `protocol.Hub`.

    Args:
        token: of the user (`HF_TOKEN`); it goes to the hub alone, and is in no error.
        client: what sends the requests.
    """

    def __init__(
        self,
        token: str = "",
        endpoint: str = ENDPOINT,
        client: httpx.Client | None = None,
        sleep: Sleep = time.sleep,
    ) -> None:
        import httpx

        self._token = token
        self._endpoint = endpoint.rstrip("/")
        self._sleep = sleep
        # Not followed: the weights' host needs no token, and where it is does not matter.
        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)

    def has_token(self) -> bool:
        """Whether there is a token."""
        return bool(self._token)

    def access(self, model: str, revision: str | None) -> HubAccess:
        """By asking for the head of the model's config.json.

        Raises:
            NoAnswer: the hub cannot be reached.
        """
        url = f"{self._endpoint}/{model}/resolve/{quote(revision or 'main', safe='')}/config.json"
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        answer = ask(self._client, "HEAD", url, headers, sleep=self._sleep)
        if answer.status_code < 400:
            return "open"
        code = answer.headers.get("x-error-code", "")
        if code in _ANSWERS:
            return _ANSWERS[code]
        if answer.status_code in (401, 403, 404):
            # Without a token the hub does not say whether a model is private or missing.
            return "missing"
        raise NoAnswer(self._endpoint.partition("://")[2], f"HTTP {answer.status_code}")
