"""HTTP requests that wait while a server is busy, within reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from llmdeploy.infra.preflight.clouds.errors import NoAnswer

if TYPE_CHECKING:
    import httpx

TIMEOUT_S: Final = 15
"""Of one request, for every client here."""
_TRIES: Final = 4
_LONGEST_WAIT_S: Final = 10.0
"""Docker Hub asks for minutes when an address has pulled too much: then it is better to say so."""
Sleep = Callable[[float], None]


def ask(
    client: httpx.Client,
    method: str,
    url: str,
    headers: Mapping[str, str],
    query: Mapping[str, str] | None = None,
    sleep: Sleep = time.sleep,
) -> httpx.Response:
    """The answer, after retries while the server is busy (429, 500 and above) or cannot be reached.

    Raises:
        NoAnswer: it stays so. The message names the host, never a header.
    """
    import httpx

    problem = ""
    for attempt in range(_TRIES):
        wait = 2.0**attempt / 2
        try:
            answer = client.request(method, url, headers=headers, params=query)
        except httpx.HTTPError as error:
            problem = type(error).__name__
        else:
            if answer.status_code != 429 and answer.status_code < 500:
                return answer
            problem = f"HTTP {answer.status_code}"
            wait = max(wait, _seconds(answer.headers.get("retry-after", "")))
        if wait > _LONGEST_WAIT_S or attempt == _TRIES - 1:
            break
        sleep(wait)
    raise NoAnswer(httpx.URL(url).host, problem)


def require(answer: httpx.Response) -> None:
    """Raise NoAnswer unless the answer is a 200."""
    if answer.status_code != 200:
        raise NoAnswer(answer.request.url.host, f"HTTP {answer.status_code}")


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdigit() else 0.0
