"""A call of an endpoint as the services see it, and what all of them do alike."""

from __future__ import annotations

import datetime
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from llmdeploy.infra.simulate.live.services.configuration import Configuration, ServedEndpoint
from llmdeploy.infra.simulate.live.services.instances import Instances
from llmdeploy.infra.simulate.live.services.look import CloudsLook
from llmdeploy.infra.simulate.live.services.signature import SignedRequest
from llmdeploy.infra.simulate.live.services.tokens import Tokens

SIMULATED: Final = "x-llmdeploy-simulated"
"""Says on every answer that no cloud has given it."""
INSTANCE: Final = "x-llmdeploy-replica"
"""Says which local replica has answered, as replicas do themselves."""


@dataclass(frozen=True)
class Call:
    """A request, and all that is needed to answer it.

    Attributes:
        target: path and query as they were written.
    """

    request: web.Request = field(repr=False)
    body: bytes = field(repr=False)
    told: Configuration = field(repr=False)
    clouds: CloudsLook = field(repr=False)
    instances: Instances = field(repr=False)
    tokens: Tokens = field(repr=False)
    now: datetime.datetime

    @property
    def host(self) -> str:
        """Whom the client calls."""
        return self.request.host.partition(":")[0].lower()

    @property
    def path(self) -> str:
        """The path as it was written, without the query."""
        return self.request.raw_path.partition("?")[0]

    @property
    def bearer(self) -> str:
        """The token that it carries; empty without."""
        kind, _, token = self.request.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def signed(self) -> SignedRequest:
        """It as its signature sees it."""
        headers: dict[str, str] = {}
        for name, value in self.request.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        return SignedRequest(self.request.method, self.request.raw_path, headers, self.body)

    def endpoint(self, name: str) -> ServedEndpoint | None:
        """The endpoint of this name at this host, if it is there."""
        for each in self.told.endpoints:
            if each.host == self.host and each.name == name:
                return each if self.clouds.has(each) else None
        return None

    def known_keys(self) -> tuple[str, ...]:
        """Of whatever endpoint there is at this host."""
        here = (each for each in self.told.endpoints if each.host == self.host and self.clouds.has(each))
        return tuple(key for each in here for key in self.clouds.keys(each))

    def marks(self, endpoint: ServedEndpoint, instance: str = "") -> dict[str, str]:
        """Headers of every answer."""
        marked = {SIMULATED: f"{endpoint.service} {self.told.location}"}
        return {**marked, INSTANCE: instance} if instance else marked


def openai_path(body: bytes) -> str:
    """Where a container sends what comes to its one route, by what is in it: as vLLM's `/invocations`."""
    try:
        said: Mapping[str, Any] = json.loads(body)
    except ValueError:
        return "/v1/chat/completions"
    if not isinstance(said, dict) or "messages" in said:
        return "/v1/chat/completions"
    if "prompt" in said:
        return "/v1/completions"
    return "/v1/embeddings" if "input" in said else "/v1/chat/completions"


def segments(path: str) -> list[str]:
    """The parts of a path, read."""
    return [urllib.parse.unquote(part) for part in path.split("/")[1:]]
