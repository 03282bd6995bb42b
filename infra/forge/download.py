"""Downloads that are no larger than they may be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.infra.forge.connection_failure import connection_failure
from llmdeploy.infra.forge.failure import Failure, Refused
from llmdeploy.infra.forge.patience import Patience

if TYPE_CHECKING:
    import httpx

_HOPS: Final = 4


def download(
    patience: Patience, what: str, url: str, headers: Mapping[str, str], file: Path, limit: int
) -> None:
    """Write what is at `url` into a file, of at most `limit` bytes.

    The headers carry the token: they go to `url` alone, never to where it redirects.

    Raises:
        ForgeForbidden, Gone, ForgeUnusable: as any question; also when there is more than `limit`.
    """

    def get() -> None:
        _get(url, headers, file, limit, patience.request_s)

    patience.ask(what, get, connection_failure)


def _get(url: str, headers: Mapping[str, str], file: Path, limit: int, timeout_s: float) -> None:
    import httpx

    with httpx.Client(timeout=timeout_s) as client:
        for _ in range(_HOPS):
            with client.stream("GET", url, headers=headers) as response:
                if not response.is_redirect:
                    _write(response, file, limit)
                    return
                url, headers = str(response.next_request.url) if response.next_request else "", {}
    raise Refused(Failure("redirected too often", status=400))


def _write(response: httpx.Response, file: Path, limit: int) -> None:
    if not response.is_success:
        known = {name.lower(): value for name, value in response.headers.items()}
        raise Refused(Failure(response.reason_phrase, response.status_code, known))
    left = limit
    with file.open("wb") as target:
        for chunk in response.iter_bytes():
            left -= len(chunk)
            if left < 0:
                raise Refused(Failure(f"larger than {limit} bytes", status=413))
            target.write(chunk)
