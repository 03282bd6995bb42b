"""Signatures of AWS (version 4), checked as its services do: for one service, one region, five minutes."""

from __future__ import annotations

import datetime
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from llmdeploy.infra.simulate.live.services.configuration import Role
from llmdeploy.infra.simulate.live.services.refusal import Refusal, amazon

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SKEW: Final = datetime.timedelta(minutes=5)
"""How far a signature's time may be from the service's (IAM user guide, signature version 4: elements)."""
_AUTHORIZATION: Final = re.compile(
    ALGORITHM + r" Credential=(?P<credential>[^,]+), ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})$"
)
_TIME: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came: path and query (`target`) as they were written, header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def check_signature(
    request: SignedRequest, roles: Iterable[Role], service: str, location: str, now: datetime.datetime
) -> Role:
    """Who has signed it.

    Raises:
        Refusal: nobody, somebody unknown, for another service or region, at another time, or something else
            than what came.
    """
    given = request.headers.get("authorization", "")
    if not given:
        raise amazon(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    found = _AUTHORIZATION.match(given)
    scope = found["credential"].split("/") if found else []
    time = request.headers.get("x-amz-date", "")
    if found is None or len(scope) != 5 or scope[4] != "aws4_request" or not _is_time(time):
        raise amazon(
            403,
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and "
            "existence of a 'X-Amz-Date' header.",
        )
    key, date, region, signed_for, _ = scope
    role = next((each for each in roles if each.access_key_id == key), None)
    if role is None or not _same(request.headers.get("x-amz-security-token", ""), role.session_token):
        raise amazon(
            403, "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if region != location:
        raise _invalid(f"Credential should be scoped to a valid region, not '{region}'. ")
    if signed_for != service:
        raise _invalid(f"Credential should be scoped to correct service: '{service}'. ")
    if date != time[:8]:
        raise _invalid(f"Date in Credential scope does not match date from HTTP: '{date}' != '{time[:8]}'.")
    _check_time(time, now)
    names = found["headers"].split(";")
    if "host" not in names or not _same(
        _signature(request, names, role, service, location), found["signature"]
    ):
        raise _invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS "
            "Secret Access Key and signing method. Consult the service documentation for details."
        )
    return role


def _check_time(time: str, now: datetime.datetime) -> None:
    made = datetime.datetime.strptime(time, _TIME).replace(tzinfo=datetime.UTC)
    if made < now - SKEW:
        raise _invalid(
            f"Signature expired: {time} is now earlier than {(now - SKEW).strftime(_TIME)} "
            f"({now.strftime(_TIME)} - 5 min.)"
        )
    if made > now + SKEW:
        raise _invalid(
            f"Signature not yet current: {time} is still later than {(now + SKEW).strftime(_TIME)} "
            f"({now.strftime(_TIME)} + 5 min.)"
        )


def _signature(request: SignedRequest, names: Iterable[str], role: Role, service: str, location: str) -> str:
    """What it should be, worked out from what came by botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.compat import HTTPHeaders
    from botocore.credentials import Credentials

    class _Again(SigV4Auth):  # type: ignore[misc]
        """Over the headers that were signed, no others."""

        def headers_to_sign(self, _: Any) -> Any:
            chosen = HTTPHeaders()
            for name in names:
                chosen[name] = request.headers.get(name, "")
            return chosen

    # Without headers: the payload's digest is that of what came, not the one that a header claims.
    asked = AWSRequest(
        request.method, f"https://{request.headers['host']}{request.target}", data=request.body
    )
    asked.context["timestamp"] = request.headers["x-amz-date"]
    again = _Again(Credentials(role.access_key_id, role.secret_access_key), service, location)
    return str(again.signature(again.string_to_sign(asked, again.canonical_request(asked)), asked))


def _is_time(text: str) -> bool:
    try:
        datetime.datetime.strptime(text, _TIME).replace(tzinfo=datetime.UTC)
    except ValueError:
        return False
    return True


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _invalid(message: str) -> Refusal:
    return amazon(403, "InvalidSignatureException", message)
