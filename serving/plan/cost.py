"""What a deployment costs, as data. USD an hour; a month has 730 hours, as the clouds' calculators count."""

from __future__ import annotations

from pydantic import Field

from llmdeploy.serving.frozen import Frozen

MONTH_HOURS = 730
"""Hours of a month: 365 × 24 / 12."""


class CostRow(Frozen):
    """One thing that is paid for, at the least, the expected and the most replicas."""

    region: str
    item: str
    least_usd: float
    expected_usd: float
    most_usd: float
    estimated: bool
    source: str


class CostPlan(Frozen):
    """The whole. `expected` is the mean over a month at the workload's utilisation."""

    rows: tuple[CostRow, ...]
    utilisation: float
    tokens_per_hour: float
    """Input and output together, at the expected scale and utilisation."""
    limit_usd: float | None = Field(default=None, exclude_if=lambda limit: limit is None)
    """The budget of an hour; None: no limit."""

    @property
    def estimated(self) -> bool:
        """Whether a part of it is worked out, and no list price."""
        return any(row.estimated for row in self.rows)

    @property
    def least_usd(self) -> float:
        """An hour with every region at its fewest replicas."""
        return sum(row.least_usd for row in self.rows)

    @property
    def expected_usd(self) -> float:
        """An hour at the expected scale."""
        return sum(row.expected_usd for row in self.rows)

    @property
    def most_usd(self) -> float:
        """An hour with every region at its most replicas."""
        return sum(row.most_usd for row in self.rows)

    @property
    def million_tokens_usd(self) -> float:
        """A million tokens, input and output together, at the expected scale and utilisation."""
        return self.expected_usd / self.tokens_per_hour * 1e6
