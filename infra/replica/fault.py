"""What a replica is told to do wrong, for tests and drills, as in `LLMDEPLOY_REPLICA_FAULT=errors=0.2,hang`.

errors=SHARE   that share of the generations is answered 500 at once
slow=FACTOR    the first token and each further one take FACTOR times as long
hang           after 3 generations neither new ones nor the health page are answered
hang-quietly   the same, but the health page answers
crash=N        after N generations the process ends itself with exit code 1
noise          the text of answers is nonsense
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from llmdeploy.serving.errors import LlmdeployError

VARIABLE = "LLMDEPLOY_REPLICA_FAULT"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong on purpose. Its default is a replica that is well.

    Args:
        errors: share of the generations that fail, above 0 and at most 1; exact, so that their spread is.
        slow: how many times as long everything takes.
        crash: generations after which the process ends; 0 is never.
        text: the whole fault, as it was given.
    """

    errors: Fraction = Fraction(0)
    slow: float = 1.0
    hang: bool = False
    hang_quietly: bool = False
    crash: int = 0
    noise: bool = False
    text: str = ""

    @property
    def server(self) -> str:
        """What serves, in words: the fault is part of every answer and of the metrics."""
        return f"llama.cpp, misbehaving on purpose ({self.text})" if self.text else "llama.cpp"


NO_FAULT = Fault()


def read_fault(environment: Mapping[str, str]) -> Fault:
    """The fault that `environment` asks for.

    Raises:
        LlmdeployError: it names something that is no fault.
    """
    parts = [part.strip() for part in environment.get(VARIABLE, "").split(",") if part.strip()]
    wanted = {}
    for part in parts:
        name, _, value = part.partition("=")
        try:
            wanted[name.replace("-", "_")] = _READERS[name](value)
        except (KeyError, ValueError, ZeroDivisionError):
            raise LlmdeployError(f"{VARIABLE}: {part!r} is no fault of a replica", f"use {_USE}") from None
    return Fault(**wanted, text=", ".join(parts))  # type: ignore[arg-type]


def _share(value: str) -> Fraction:
    share = Fraction(value)
    if not 0 < share <= 1:
        raise ValueError(value)
    return share


def _factor(value: str) -> float:
    factor = float(value)
    if not 1 <= factor < float("inf"):
        raise ValueError(value)
    return factor


def _count(value: str) -> int:
    count = int(value)
    if count < 1:
        raise ValueError(value)
    return count


def _present(value: str) -> bool:
    if value:
        raise ValueError(value)
    return True


_READERS: dict[str, Callable[[str], Fraction | float | int | bool]] = {
    "errors": _share,
    "slow": _factor,
    "hang": _present,
    "hang-quietly": _present,
    "crash": _count,
    "noise": _present,
}
_USE = "errors=SHARE, slow=FACTOR, hang, hang-quietly, crash=N, noise, or several with commas"
