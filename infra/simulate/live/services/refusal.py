"""The answers of the real services to a request that they refuse."""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Refusal(Exception):
    """An answer that is no model's."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.body}"


def amazon(status: int, kind: str, message: str | None, **more: Any) -> Refusal:
    """As AWS's rest-json services answer: the kind in a header, the rest in the body.

    The runtime of SageMaker writes `Message` and `ErrorCode` where its service model has them
    (botocore, sagemaker-runtime 2017-05-13).
    """
    body = {"message": message, **more} if not more else {**more, "Message": message}
    headers = {"x-amzn-requestid": str(uuid.uuid4()), "content-type": "application/json"}
    if kind:
        headers["x-amzn-errortype"] = kind
    return Refusal(status, json.dumps(body), headers)


def google(status: int, code: str, message: str, reason: str = "") -> Refusal:
    """As Google's JSON services answer (google.rpc.Status, with an ErrorInfo where there is a reason)."""
    error: dict[str, Any] = {"code": status, "message": message, "status": code}
    if reason:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
                "metadata": {"service": "aiplatform.googleapis.com"},
            }
        ]
    headers = {"content-type": "application/json; charset=UTF-8"}
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="https://accounts.google.com/"'
    return Refusal(status, json.dumps({"error": error}), headers)


def page(status: int, title: str, path: str, challenge: str = "") -> Refusal:
    """As the front of Cloud Run answers: a page (google/adk-python#3814)."""
    said = f"Your client does not have permission to the requested URL <code>{html.escape(path)}</code>."
    body = (
        f"<html><head><title>{status} {title}</title></head>"
        f"<body><h1>Error: {title}</h1><h2>{said}</h2></body></html>"
    )
    headers = {"content-type": "text/html; charset=UTF-8"}
    if challenge:
        headers["www-authenticate"] = f'Bearer error="invalid_token" error_description="{challenge}"'
    return Refusal(status, body, headers)
