"""Real requests to where clients enter: is a replica behind it, and does it take our key."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from llmdeploy.infra.status.overview.view import Verdict, View, whole
from llmdeploy.serving.gateway.filters import HEALTH_PATH

PATIENCE_S: Final = 4.0
"""For one answer of an entry, from wherever in the world it is asked."""
MODELS_PATH: Final = "/v1/models"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where clients enter.

    Args:
        name: a region, or `all` for the name in front of them.
        url: the base URL of the API there.
        server_name: what its certificate is for, where that is not the URL's host.
    """

    name: str
    url: str
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """What an entry answers.

    Args:
        said: `serves MODEL`, or what is wrong.
        seconds: until the list of models was there, connection included; None: it was not.
    """

    name: str
    url: str
    verdict: Verdict
    said: str
    seconds: float | None = None


def ask_entry(entry: Entry, key: str | None, model: str, trusted: str | None) -> EntryAnswer:
    """Ask one entry for its health, then for its models with the key.

    Args:
        trusted: the certificates (PEM) of fronts that have signed their own; None: the public authorities'.
    """
    try:
        status, _, _ = _get(entry, HEALTH_PATH, None, trusted)
        if status != http.client.OK:
            return _answer(entry, "down", f"{HEALTH_PATH} answers {status}: no replica is behind it")
        status, body, seconds = _get(entry, MODELS_PATH, key, trusted)
    except TimeoutError:
        return _answer(entry, "down", f"no answer in {PATIENCE_S:g} s")
    except ssl.SSLError as error:
        return _answer(entry, "down", f"its certificate is not trusted ({error.reason or error.args[0]})")
    except socket.gaierror:
        return _answer(entry, "down", "its name leads nowhere")
    except (OSError, http.client.HTTPException) as error:
        return _answer(entry, "down", f"no connection ({type(error).__name__})")
    if key is None and status == http.client.UNAUTHORIZED:
        return _answer(entry, "unknown", "asks for a key, and the stack has not told it")
    return _judged(entry, status, body, seconds, model)


def endpoint_view(answers: tuple[EntryAnswer, ...]) -> View:
    """All entries together. The name in front of them all comes first, where there is one."""
    verdict = whole(answer.verdict for answer in answers)
    good = [answer for answer in answers if answer.verdict == "healthy"]
    times = sorted({round(answer.seconds * 1000) for answer in good if answer.seconds is not None})
    said = f"{len(good)} of {len(answers)} entries answer"
    if times:
        said += f" in {times[0]}{f' to {times[-1]}' if len(times) > 1 else ''} ms"
    problems = tuple(
        f"{answer.name}: {answer.url} {answer.said}" for answer in answers if answer.verdict != "healthy"
    )
    return View(verdict, said, problems)


def _judged(entry: Entry, status: int, body: bytes, seconds: float, model: str) -> EntryAnswer:
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return _answer(entry, "degraded", f"does not take our key ({status})")
    if status != http.client.OK:
        return _answer(entry, "degraded", f"{MODELS_PATH} answers {status}")
    served = _served(body)
    if served and model not in served:
        return _answer(entry, "degraded", f"serves {', '.join(served)}, not {model}")
    return EntryAnswer(entry.name, entry.url, "healthy", f"serves {model}", seconds)


def _served(body: bytes) -> list[str]:
    try:
        return [str(each["id"]) for each in json.loads(body)["data"]]
    except (ValueError, KeyError, TypeError):
        return []


def _answer(entry: Entry, verdict: Verdict, said: str) -> EntryAnswer:
    return EntryAnswer(entry.name, entry.url, verdict, said)


def _get(entry: Entry, path: str, key: str | None, trusted: str | None) -> tuple[int, bytes, float]:
    """Status, body, seconds."""
    began = time.monotonic()
    connection = _connection(entry, trusted)
    try:
        connection.request("GET", path, headers={"authorization": f"Bearer {key}"} if key else {})
        response = connection.getresponse()
        return response.status, response.read(), time.monotonic() - began
    finally:
        connection.close()


def _connection(entry: Entry, trusted: str | None) -> http.client.HTTPConnection:
    address = urlsplit(entry.url)
    host = address.hostname or ""
    if address.scheme == "http":
        return http.client.HTTPConnection(host, address.port, timeout=PATIENCE_S)
    context = ssl.create_default_context(cadata=trusted)
    return _NamedConnection(entry.server_name or host, host, address.port, context)


class _NamedConnection(http.client.HTTPSConnection):
    """To a host whose certificate is for another name, as gateways of other regions meet it."""

    def __init__(self, server_name: str, host: str, port: int | None, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=PATIENCE_S, context=context)
        self._server_name, self._trusting = server_name, context

    def connect(self) -> None:
        """Connect, and verify the name that was given."""
        http.client.HTTPConnection.connect(self)
        plain: Any = self.sock
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self._server_name)
