"""What the service process of a region is told, in a file that it reads again when it changes."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.spec.managed import Service


class Role(Frozen):
    """The credentials of a region's role, as a task of it gets them. All three are secret."""

    access_key_id: str
    secret_access_key: str = Field(repr=False)
    session_token: str = Field(repr=False)


class ServedEndpoint(Frozen):
    """One endpoint that the region's services answer for."""

    service: Service
    host: str
    """The name that clients call."""
    path: str
    """What its paths begin with, as clients write it; empty where the host is its own."""
    name: str
    """As the service calls it: an endpoint's name, a model's ARN, an endpoint's number, a service."""
    record: int
    """The number of its resource in the simulated clouds: it is answered for as long as that is there."""
    instances: dict[str, int] = Field(default_factory=dict)
    """The ports of the local replicas that stand for its instances, by name."""
    component: str = ""
    """The inference component that must be asked on it; empty where the endpoint has a model of its own."""
    timeout_s: float
    """A whole answer takes no longer."""
    stream_timeout_s: float
    """Nor does a stream."""
    idle_s: float = 0
    """Not asked for so long it falls asleep; 0: never."""
    wake_s: float = 0
    """It is not ready for so long after the first call that finds it asleep."""


class Certificate(Frozen):
    """What a host is proven with, PEM."""

    certificate: str
    private_key: str = Field(repr=False)


class TokenFile(Frozen):
    """A file of a gateway that holds tokens, which are put in anew before they end."""

    path: str
    text: str
    """With slots."""
    slots: dict[str, str]
    """The audience of the token of each slot; empty for an access token."""


class Configuration(Frozen):
    """The whole of it.

    Attributes:
        port: where it listens, on the loopback.
        location: the region, which signatures must be made for.
        account: AWS's account number, Google's project, or Azure's subscription.
        clouds: the folder of the simulated clouds.
        roles: whose signatures are taken.
    """

    port: int
    location: str
    account: str
    clouds: str
    certificates: dict[str, Certificate]
    endpoints: tuple[ServedEndpoint, ...]
    roles: tuple[Role, ...] = ()
    token_files: tuple[TokenFile, ...] = ()


class ConfigurationFile:
    """The file, read again when another one is put in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._known: Configuration | None = None

    def read(self) -> Configuration:
        """What it says now.

        Raises:
            OSError: it is not there.
            pydantic.ValidationError: it says something else.
        """
        found = self._stamp()
        if self._known is None or found != self._seen:
            self._known = Configuration.model_validate_json(self._path.read_text(encoding="utf-8"))
            self._seen = found
        return self._known

    def _stamp(self) -> tuple[int, int]:
        """Files are renamed into place, so another text is another inode."""
        status = os.stat(self._path)  # noqa: PTH116 - on every request
        return status.st_ino, status.st_mtime_ns
