"""Container registries, asked by the OCI distribution API: Docker Hub, ghcr.io, nvcr.io and the like."""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Final

from llmdeploy.infra.preflight.clouds.errors import NoAnswer
from llmdeploy.infra.preflight.clouds.patient import TIMEOUT_S, Sleep, ask, require

if TYPE_CHECKING:
    import httpx

_HUB: Final = "registry-1.docker.io"
_MANIFESTS: Final = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')


class HttpRegistry:
    """See `protocol.Registry`. Images are public: a token is taken as an anonymous user gets it.

    Args:
        client: what sends the requests.
        scheme: `http` for a registry on this machine.
    """

    def __init__(
        self,
        client: httpx.Client | None = None,
        scheme: str = "https",
        sleep: Sleep = time.sleep,
    ) -> None:
        import httpx

        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=True)
        self._scheme = scheme
        self._sleep = sleep

    def digest(self, image: str, tag: str) -> str | None:
        """The digest of the tag's index, or of its manifest where it is for one platform only.

        Raises:
            NoAnswer: the registry cannot be reached, or refuses.
        """
        host, name = _place(image)
        url = f"{self._scheme}://{host}/v2/{name}/manifests/{tag}"
        headers = {"accept": _MANIFESTS}
        answer = self._ask("HEAD", url, headers)
        if answer.status_code == 401:
            headers["authorization"] = f"Bearer {self._token(answer, name)}"
            answer = self._ask("HEAD", url, headers)
        if answer.status_code in (401, 403, 404):
            # Registries do not say whether an image is private or missing.
            return None
        require(answer)
        found = answer.headers.get("docker-content-digest", "")
        return found if found.startswith("sha256:") else self._digest_of_body(url, headers)

    def _digest_of_body(self, url: str, headers: dict[str, str]) -> str:
        answer = self._ask("GET", url, headers)
        require(answer)
        return f"sha256:{hashlib.sha256(answer.content).hexdigest()}"

    def _token(self, refused: httpx.Response, name: str) -> str:
        challenge = dict(_CHALLENGE.findall(refused.headers.get("www-authenticate", "")))
        realm = challenge.pop("realm", "")
        if not realm.startswith(f"{self._scheme}://"):
            raise NoAnswer(refused.request.url.host, "it asks for a login")
        answer = self._ask("GET", realm, {}, {"scope": f"repository:{name}:pull"} | challenge)
        require(answer)
        try:
            body = answer.json()
            return str(body.get("token") or body["access_token"])
        except (ValueError, KeyError, AttributeError) as error:
            raise NoAnswer(answer.request.url.host, "it gives no token") from error

    def _ask(
        self, method: str, url: str, headers: dict[str, str], query: dict[str, str] | None = None
    ) -> httpx.Response:
        return ask(self._client, method, url, headers, query, self._sleep)


def _place(image: str) -> tuple[str, str]:
    """The registry and the repository, by Docker's rule: a first part with a dot or a port is a host."""
    first, _, rest = image.partition("/")
    if rest and ("." in first or ":" in first or first == "localhost"):
        return (_HUB if first == "docker.io" else first), rest
    return _HUB, image if rest else f"library/{image}"
