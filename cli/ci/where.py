"""Which specs of a pull request are reviewed in their real clouds, and which in simulated ones, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from llmdeploy.cli.ci.credentials import clouds_without
from llmdeploy.cli.ci.touched import Touched
from llmdeploy.cli.render.review.escape import code

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Where:
    """Specs, parted.

    Args:
        first: the line that the comment begins with; empty where nothing needs to be said.
        alone: whether the simulated clouds may not count on any state either.
    """

    real: tuple[Touched, ...] = ()
    simulated: tuple[Touched, ...] = ()
    first: str = ""
    alone: bool = False


def chosen_where(
    specs: Sequence[Touched],
    *,
    asked: bool | None,
    fork: bool,
    missing: Callable[[Iterable[str]], tuple[str, ...]] = clouds_without,
) -> Where:
    """Simulated where that is asked for, of a fork, and where there are no credentials.

    Args:
        asked: what the user chose; None: what can be done is done.
        missing: which of some clouds there are no credentials of.
    """
    if asked is not None:
        return Where(simulated=tuple(specs)) if asked else Where(real=tuple(specs))
    if fork:
        return Where(simulated=tuple(specs), first=_FORK, alone=True)
    without = {cloud: missing((cloud,)) for cloud in {cloud for each in specs for cloud in each.clouds}}
    simulated = tuple(each for each in specs if any(without[cloud] for cloud in each.clouds))
    if not simulated:
        return Where(real=tuple(specs))
    real = tuple(each for each in specs if each not in simulated)
    names = sorted({name for each in simulated for cloud in each.clouds for name in without[cloud]})
    return Where(real, simulated, _without(names, simulated if real else ()), alone=True)


_FORK = (
    "**Simulated:** this pull request comes from a fork, so this run has no credentials and sees no state. "
    "Nothing here was asked of AWS or Google Cloud."
)


def _without(names: Sequence[str], only: Sequence[Touched]) -> str:
    some = [code(str(each.spec)) for each in only[:_MOST_NAMED]]
    more = f" and {len(only) - len(some)} more" if len(only) > len(some) else ""
    which = f" ({', '.join(some)}{more})" if some else ""
    return (
        f"**Simulated{which}:** this run has no credentials of {' and '.join(names)}. "
        "Nothing here was asked of them."
    )
