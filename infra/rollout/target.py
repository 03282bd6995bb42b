"""The version that warm-up and the quality gate speak to."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

import aiohttp

from llmdeploy.serving.gateway import PIN_HEADER


@dataclass(frozen=True, slots=True)
class CanaryTarget:
    """A version of a region, behind the region's entry.

    Args:
        url: of the entry, with or without `/v1`.
        model: the served name.
        revision: of the canary, as gateways are told of it (`pin`); requests that name it reach its replicas
            and no others. Empty: they go where all requests go.
        replicas: their names; or how many there are, where names are not known.
        key: the API key; None where the gateway asks for none.
        trusted: the certificates (PEM) of fronts that have signed their own; None for the public authorities.
        server_name: what the entry's certificate is for, where that is not the URL's host.
    """

    url: str
    model: str
    revision: str
    replicas: tuple[str, ...] | int
    key: str | None = field(default=None, repr=False)
    trusted: str | None = field(default=None, repr=False)
    server_name: str | None = None

    @property
    def completions(self) -> str:
        """Where chat completions are asked for."""
        return f"{self.url.rstrip('/').removesuffix('/v1')}/v1/chat/completions"

    @property
    def count(self) -> int:
        """How many replicas there are."""
        return self.replicas if isinstance(self.replicas, int) else len(self.replicas)

    @property
    def names(self) -> frozenset[str] | None:
        """The replicas' names; None where they are not known."""
        return None if isinstance(self.replicas, int) else frozenset(self.replicas)

    def is_of(self, replica: str, revision: str) -> bool:
        """Whether an answer is the canary's: a gateway that has not heard of it leads to another version.

        Args:
            replica: as the answer names it.
            revision: that it was pinned to, as the gateway says.
        """
        if self.names is not None:
            return replica in self.names
        return revision == self.revision

    def __str__(self) -> str:
        return f"revision {self.revision}" if self.revision else "the deployment"

    def session(self, clients: int) -> aiohttp.ClientSession:
        """Connections for so many requests at once, each pinned to the canary."""
        headers = {PIN_HEADER: self.revision} if self.revision else {}
        if self.key is not None:
            headers["authorization"] = f"Bearer {self.key}"
        own = ssl.create_default_context(cadata=self.trusted) if self.trusted else True
        # A proxy of the environment has nothing to do with a gateway on this machine's loopback.
        return aiohttp.ClientSession(
            headers=headers, connector=aiohttp.TCPConnector(limit=clients, ssl=own), trust_env=False
        )
