"""Axes: from values to pixels, with marks that people count in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log10

STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis from 0 to `most`, which lies between two pixels."""

    most: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        return self.first + value / self.most * (self.last - self.first)

    def marks(self, number: int) -> Iterator[float]:
        """About so many round values, 0 the first."""
        step = round_step(self.most, number)
        for index in range(floor(self.most / step + 1e-9) + 1):
            yield index * step


def round_step(most: float, number: int) -> float:
    """1, 2 or 5 times a power of ten: the smallest with which at most `number` steps reach `most`."""
    rough = most / number
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))


def round_up(most: float, number: int) -> float:
    """The first round value at or above `most`."""
    step = round_step(most, number)
    return ceil(most / step - 1e-9) * step
