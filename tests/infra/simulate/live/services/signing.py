"""Signs requests with botocore, rightly or wrongly in one point."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from llmdeploy.infra.simulate.live.services.configuration import Role


def signed(
    role: Role,
    host: str,
    target: str,
    body: bytes,
    *,
    service: str = "sagemaker",
    region: str = "us-east-1",
    moved: datetime.timedelta = datetime.timedelta(),
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a signed request.

    Args:
        moved: how far the signature's time is from now.
    """
    given = {"content-type": "application/json", **(headers or {})}
    request = AWSRequest("POST", f"https://{host}{target}", headers=given, data=body)
    auth = SigV4Auth(
        Credentials(role.access_key_id, role.secret_access_key, role.session_token), service, region
    )
    time = datetime.datetime.now(datetime.UTC) + moved
    request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ")
    auth._modify_request_before_signing(request)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(text, request))
    return dict(request.headers.items())
