"""The one loss that no gateway can prevent."""

from __future__ import annotations

import http.client
from collections.abc import Collection

from llmdeploy.infra.load import Record


def is_lost_stream(record: Record, hit: Collection[str], fault_at: float) -> bool:
    """Whether this is a stream that had begun on one of the replicas `hit` and was cut by the fault:
    its client has a part of the answer, so nobody can begin it anew. It counts apart from the failures.
    """
    begun = record.stream and record.status == http.client.OK and record.replica in hit
    return begun and not record.ok and record.end >= fault_at
