"""Signatures of requests to Amazon, checked as the receiving side does, by botocore's reading of the
algorithm.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY_ID, SECRET, SESSION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session+token/for=tests"
CLOCK_SKEW = datetime.timedelta(minutes=5)
FORM = re.compile(
    r"AWS4-HMAC-SHA256 "
    r"Credential=(?P<id>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<names>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it has come in; `path` as it stood in the request's line."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def refusal(signed: Signed, service: str, region: str, host: str) -> tuple[str, str] | None:
    """The kind of error and its message, as Amazon words them; None for a good signature."""
    headers = {name.lower(): value for name, value in signed.headers.items()}
    if "authorization" not in headers:
        return "MissingAuthenticationTokenException", "Missing Authentication Token"
    found = FORM.fullmatch(headers["authorization"])
    if found is None:
        return "IncompleteSignatureException", "Authorization header is malformed"
    if found["id"] != KEY_ID or headers.get("x-amz-security-token") != SESSION:
        return "UnrecognizedClientException", "The security token included in the request is invalid."
    if found["region"] != region:
        said = f"Credential should be scoped to a valid region, not '{found['region']}'."
        return "InvalidSignatureException", said
    if found["service"] != service:
        return "InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'."
    names = found["names"].split(";")
    if not {"host", "x-amz-date", "x-amz-security-token"} <= set(names) or headers["host"] != host:
        return "InvalidSignatureException", "'Host' and each 'X-Amz-' header must be signed."
    if headers["x-amz-content-sha256"] != hashlib.sha256(signed.body).hexdigest() or _is_late(headers):
        return "InvalidSignatureException", "The request is not what was signed."
    if _signature(signed, headers, names, service, region) != found["signature"]:
        said = "The request signature we calculated does not match the signature you provided."
        return "InvalidSignatureException", said
    return None


def _is_late(headers: Mapping[str, str]) -> bool:
    when = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    return abs(datetime.datetime.now(datetime.UTC) - when) > CLOCK_SKEW


def _signature(
    signed: Signed, headers: Mapping[str, str], names: list[str], service: str, region: str
) -> str:
    auth = SigV4Auth(Credentials(KEY_ID, SECRET, SESSION), service, region)
    request = AWSRequest(
        signed.method,
        f"https://{headers['host']}{signed.path}",
        headers={name: headers[name] for name in names},
        data=signed.body,
    )
    request.context["timestamp"] = headers["x-amz-date"]
    canonical = auth.canonical_request(request)
    return str(auth.signature(auth.string_to_sign(request, canonical), request))
