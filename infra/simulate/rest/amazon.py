"""What AWS's rest-json services have in common: errors, credentials, throttling."""

from __future__ import annotations

import datetime
from typing import Final
from uuid import uuid4

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest
from llmdeploy.infra.simulate.rest.variables import KEY

_EXPIRED: Final = "The security token included in the request is expired"
_THROTTLED: Final = "Too many requests, please wait before trying again."


class AmazonRefusal(Exception):
    """A no, in AWS's words.

    Args:
        status: HTTP's, by the error's shape in botocore's model.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    @property
    def answer(self) -> RestAnswer:
        """As HTTP: the kind in a header, the sentence in the body."""
        headers = {"x-amzn-errortype": self.code, "x-amzn-requestid": str(uuid4())}
        return RestAnswer({"message": self.message}, self.status, headers)


def check_credentials(request: RestRequest, token: str, service: str, faults: Faults, region: str) -> None:
    """Raises AmazonRefusal: not signed for this service and region with the token as its key, or the fault
    `expired` is set.
    """
    from llmdeploy.infra.simulate.live.services.configuration import Role
    from llmdeploy.infra.simulate.live.services.refusal import Refusal
    from llmdeploy.infra.simulate.live.services.signature import SignedRequest, check_signature

    if faults.strike("expired", "", "", region):
        raise AmazonRefusal("ExpiredTokenException", _EXPIRED, 403)
    role = Role(access_key_id=KEY, secret_access_key=token, session_token="")
    signed = SignedRequest(request.method, request.target, request.headers, request.raw)
    try:
        check_signature(signed, [role], service, region, datetime.datetime.now(datetime.UTC))
    except Refusal as refusal:
        code = refusal.headers["x-amzn-errortype"]
        raise AmazonRefusal(code, "The request is not signed as it must be.", refusal.status) from refusal


def check_pace(faults: Faults, token: str, name: str, region: str) -> None:
    """Raises AmazonRefusal: the fault `throttle` is set for a type of resource."""
    if faults.strike("throttle", token, name, region):
        raise AmazonRefusal("ThrottlingException", _THROTTLED, 429)
