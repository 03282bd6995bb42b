"""Bedrock's control interface as the resource speaks it: tries again, and errors that say the mend."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from llmdeploy.infra.provider.bedrock.refusal import LOGIN, refusal, tries_again
from llmdeploy.infra.provider.errors import Cancelled, ServiceRefused
from llmdeploy.infra.provider.work import Work
from llmdeploy.infra.simulate.rest.variables import ADDRESS, KEY, TOKEN

CONNECT_S: Final = 10
READ_S: Final = 60
TRIES: Final = 6
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
"""Seconds. What is refused for longer than six tries is a fault to be told."""


class Amazon(Protocol):
    """What the resource needs of AWS."""

    def call(self, location: str, operation: str, work: Work, **asked: Any) -> dict[str, Any]:
        """Ask Bedrock in a region, by the name that boto3 has for the operation.

        Raises:
            ServiceRefused: AWS says no, or nothing. `status` is the HTTP status, 0 without an answer.
            Cancelled: the user interrupted between two tries.
        """


class AmazonBedrock:
    """Bedrock by boto3's clients.

    Args:
        client: makes the one of a region.
    """

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._make, self._made = client, dict[str, Any]()
        self._lock = threading.Lock()

    def call(self, location: str, operation: str, work: Work, **asked: Any) -> dict[str, Any]:
        """See `Amazon.call`."""
        from botocore.exceptions import BotoCoreError, ClientError

        pause = FIRST_PAUSE_S
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                found: dict[str, Any] = getattr(self._client(location), operation)(**asked)
            except (BotoCoreError, ClientError) as error:
                if last or not tries_again(error):
                    raise refusal(location, operation, error) from error
            else:
                return {key: value for key, value in found.items() if key != "ResponseMetadata"}
            work.report(f"Bedrock in {location} asks for patience, again in {pause:.0f} s")
            if work.cancelled.wait(pause):
                raise Cancelled("interrupted while waiting", "run the same command again to go on")
            pause = min(2 * pause, LONGEST_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _client(self, location: str) -> Any:
        # boto3 makes clients one at a time.
        with self._lock:
            if location not in self._made:
                self._made[location] = self._make(location)
            return self._made[location]


def amazon_bedrock(environ: Mapping[str, str] = os.environ) -> AmazonBedrock:
    """Bedrock with the credentials that boto3 finds; or, where the environment names one, the simulated one
    of this machine, whose credentials are of no use elsewhere.

    Raises:
        ServiceRefused: boto3 is not installed, or there is no such profile; only once a client is needed.
    """
    return AmazonBedrock(lambda location: _boto3(location, environ))


def _boto3(location: str, environ: Mapping[str, str]) -> Any:
    try:
        import boto3
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise ServiceRefused("boto3 is not installed", "pip install 'llmdeploy-stacks[aws]'") from error
    told = {"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"total_max_attempts": 1}}
    address = environ.get(ADDRESS, "")
    try:
        if not address:
            return boto3.session.Session().client("bedrock", region_name=location, config=Config(**told))
        # Nothing of the user's profile or proxies leads to a simulation on this machine.
        bare = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        return boto3.session.Session(botocore_session=bare).client(
            "bedrock",
            region_name=location,
            endpoint_url=f"{address}/bedrock.{location}.amazonaws.com",
            aws_access_key_id=KEY,
            aws_secret_access_key=environ.get(TOKEN, ""),
            config=Config(signature_version="v4", proxies={}, **told),
        )
    except BotoCoreError as error:
        # The library's own text may quote what it was given.
        raise ServiceRefused(f"AWS cannot be asked ({type(error).__name__})", LOGIN, 401) from error
