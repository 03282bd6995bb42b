"""Every request of a drill in the order of time, for a picture of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from llmdeploy.infra.load import LoadRun, Record

Ended = Literal["answered", "failed", "broken"]
"""`broken`: a stream that had begun on what was hit and broke off, which no gateway can prevent."""


@dataclass(frozen=True, slots=True)
class Point:
    """One request. Seconds since the load began.

    Args:
        sent_s: when it was sent.
        took_s: from then to its end.
        region: which answered; empty where that is not known.
        why: it has no whole answer: `status 503`, `connection`, `timeout`, `broken`.
    """

    sent_s: float
    took_s: float
    stream: bool
    region: str
    ended: Ended
    why: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drill's requests and moments. Seconds since the load began; None where it did not happen.

    Args:
        fault_s: when the fault was made.
        noticed_s: when the gateway sent nothing more to what was hit.
        restored_s: when bringing back began.
        well_s: when the gateway held all of it for healthy again.
        ended_s: when the load ended.
    """

    points: tuple[Point, ...]
    fault_s: float
    noticed_s: float | None
    restored_s: float
    well_s: float | None
    ended_s: float


def points_of(run: LoadRun, lost: Collection[int]) -> tuple[Point, ...]:
    """The requests of a load.

    Args:
        lost: the numbers of the streams that broke off on what was hit.
    """
    return tuple(_point(record, run.started, lost) for record in sorted(run.records, key=_sent))


def kind_of(record: Record) -> str:
    """How a request without a whole answer ended, in a word or two."""
    return f"status {record.status}" if record.outcome == "status" else record.outcome


def _sent(record: Record) -> float:
    return record.start


def _point(record: Record, began: float, lost: Collection[int]) -> Point:
    ended: Ended = "answered" if record.ok else "broken" if record.number in lost else "failed"
    return Point(
        sent_s=record.start - began,
        took_s=record.latency_s,
        stream=record.stream,
        region=record.region or "",
        ended=ended,
        why="" if record.ok else kind_of(record),
    )
