"""Who answers for which host: a literal table. Another service is a line here and a file beside vertex.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from llmdeploy.infra.simulate.rest import bedrock, sagemaker, vertex
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest

Service = Callable[[RestRequest, re.Match[str], str], RestAnswer]
"""Takes the request, what its host's pattern has found, and the token that is good."""

HOSTS: Final[tuple[tuple[re.Pattern[str], Service], ...]] = (
    (re.compile(r"^(?P<location>[a-z0-9-]+)-aiplatform\.googleapis\.com$"), vertex.answer),
    (re.compile(r"^bedrock\.(?P<location>[a-z0-9-]+)\.amazonaws\.com$"), bedrock.answer),
    (re.compile(r"^api\.sagemaker\.(?P<location>[a-z0-9-]+)\.amazonaws\.com$"), sagemaker.answer),
)


def answer(request: RestRequest, token: str) -> RestAnswer:
    """The answer of the host's service."""
    for pattern, service in HOSTS:
        if found := pattern.match(request.host):
            return service(request, found, token)
    return RestAnswer({"error": {"code": 404, "message": f"nobody simulates {request.host}"}}, 404)
