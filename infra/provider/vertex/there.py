"""Whether something is there; and taking it away, which is no failure when it is gone already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.operations import finished
from llmdeploy.infra.provider.work import Work

REMOVE_S: Final = 1800.0
"""Machines are given back within minutes; half an hour for a bad day."""


def there(google: Google, host: str, name: str, work: Work) -> dict[str, Any] | None:
    """What Google says of it; None: there is none."""
    try:
        return google.call("GET", host, name, work)
    except ServiceRefused as error:
        if error.status == 404:
            return None
        raise


def removed(google: Google, host: str, name: str, what: str, work: Work) -> None:
    """Delete it and wait until it is gone."""
    try:
        finished(google, host, google.call("DELETE", host, name, work), what, REMOVE_S, work)
    except ServiceRefused as error:
        if error.status != 404:
            raise


@contextmanager
def gone(what: str) -> Iterator[None]:
    """Turn "not found" into the words for something that was deleted behind our back.

    Raises:
        ServiceRefused: it is gone, or what else Google says.
    """
    try:
        yield
    except ServiceRefused as error:
        if error.status != 404:
            raise
        raise ServiceRefused(
            f"{what} is gone: it was deleted behind llmdeploy's back",
            "run `llmdeploy up` again: it makes it anew",
            404,
        ) from error
