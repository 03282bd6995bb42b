"""The checks, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from llmdeploy.cli.doctor import programs, resources
from llmdeploy.cli.doctor.check import Finding
from llmdeploy.infra.home import Home

CHECKS: Final[tuple[Callable[[Home], Finding], ...]] = (
    programs.python,
    programs.engine,
    programs.provider,
    programs.envoy,
    programs.llama_cpp,
    programs.supervisor,
    resources.weights,
    resources.memory,
    resources.disk,
    resources.ports,
    resources.permissions,
)


def examine(home: Home) -> Iterator[Finding]:
    """What each check finds, one after the other."""
    for check in CHECKS:
        yield check(home)
