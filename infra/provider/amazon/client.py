"""boto3's clients of the real services, or of the simulated ones of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.provider.amazon.refusal import LOGIN
from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.simulate.rest.variables import ADDRESS, KEY, TOKEN

CONNECT_S: Final = 10
READ_S: Final = 60


def boto3_client(service: str, host: str, location: str, environ: Mapping[str, str]) -> Any:
    """The client of a region, with the credentials that boto3 finds; or, where the environment names the
    simulated services, with such as are of no use elsewhere.

    Args:
        service: `bedrock`, as boto3 calls it.
        host: `bedrock.us-east-1.amazonaws.com`, for which a simulated one answers.

    Raises:
        ServiceRefused: boto3 is not installed, or there is no such profile.
    """
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
            return boto3.session.Session().client(service, region_name=location, config=Config(**told))
        # Nothing of the user's profile or proxies leads to a simulation on this machine.
        bare = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        return boto3.session.Session(botocore_session=bare).client(
            service,
            region_name=location,
            endpoint_url=f"{address}/{host}",
            aws_access_key_id=KEY,
            aws_secret_access_key=environ.get(TOKEN, ""),
            config=Config(signature_version="v4", proxies={}, **told),
        )
    except BotoCoreError as error:
        # The library's own text may quote what it was given.
        raise ServiceRefused(f"AWS cannot be asked ({type(error).__name__})", LOGIN, 401) from error
