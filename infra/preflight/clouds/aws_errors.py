"""What boto3 raises, as the preflight's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from llmdeploy.infra.preflight.clouds.errors import CloudUnasked, Denied, NoAnswer, NoCredentials

_LOGIN: Final = "run `aws configure` or `aws sso login`; `aws sts get-caller-identity` shows who you are"
_STALE: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "Forbidden",
        "403",
        "UnauthorizedOperation",
    }
)


@contextmanager
def asking(action: str) -> Iterator[None]:
    """Translate what boto3 raises.

    The messages of AWS stay out of it: that of a bad signature quotes the request.

    Args:
        action: the IAM action that is asked, such as `ec2:DescribeRegions`.

    Raises:
        CloudUnasked: for everything that botocore raises, also where a proxy answers in AWS's place.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConfigParseError,
        CredentialRetrievalError,
        NoCredentialsError,
        NoRegionError,
        PartialCredentialsError,
        ProfileNotFound,
        SSOError,
    )
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound, CredentialRetrievalError) as error:
        raise NoCredentials(f"AWS: {error}", _LOGIN) from error
    except (SSOError, ConfigParseError) as error:
        raise NoCredentials(f"AWS: {type(error).__name__}", _LOGIN) from error
    except ClientError as error:
        raise _of_client(error.response.get("Error", {}).get("Code", ""), action) from error
    except NoRegionError as error:
        raise NoAnswer(action, "no region is set") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise NoAnswer(action, type(error).__name__) from error


def _of_client(code: str, action: str) -> CloudUnasked:
    if code in _STALE:
        return NoCredentials(f"AWS does not take these credentials ({code})", _LOGIN)
    if code in _DENIED:
        return Denied("aws", action)
    return NoAnswer(action, code or "an error without a code")
