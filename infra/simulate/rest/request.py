"""A request to a cloud's REST interface, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmdeploy.infra.simulate.store import Store


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One request.

    Args:
        host: that would be asked: `us-central1-aiplatform.googleapis.com`.
        path: without the host, from the first `/`.
        authorization: the header of this name.
        store: what the clouds hold.
        target: path and query as they were written, which a signature is made over; so are `headers` (names
            in lower case) and `raw`, the body.
    """

    host: str
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    authorization: str
    store: Store
    target: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """What is answered: JSON."""

    content: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
