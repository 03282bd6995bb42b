"""Azure's data sources."""

from __future__ import annotations

from typing import Any, Final

from llmdeploy.infra.simulate.identity.place import TENANT
from llmdeploy.infra.simulate.lookups.ask import Answer, Ask


def _client(ask: Ask) -> dict[str, Any]:
    return {
        "subscriptionId": ask.place.subscription,
        "tenantId": ask.place.tenant,
        "clientId": TENANT,
        "objectId": TENANT,
    }


ANSWERS: Final[dict[str, Answer]] = {"azure-native:authorization:getClientConfig": _client}
