"""The one loss that no gateway can prevent."""

from __future__ import annotations

import http.client

from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.load import Record


def is_lost_stream(record: Record, target: Target, fault_at: float) -> bool:
    """Whether this is a stream that had begun on what was hit and was cut by the fault: its client has a part
    of the answer, so nobody can begin it anew. It counts apart from the failures. An evacuation cuts none.
    """
    begun = record.stream and record.status == http.client.OK and target.answered(record)
    return target.kind != "evacuate" and begun and not record.ok and record.end >= fault_at
