"""A resource that fails keeps back what depends on it, and nothing else.

With `--continue-on-error` the engine tells the program of a failed resource and wants to go on. Pulumi for
Python (3.259) faults the outputs of such a resource, and whatever takes one of them ends the program at once:
every region that was not finished would be left half made. Here what depends on a failed resource is not
asked for at all, everything else is, and the program fails in the end: so the engine deletes nothing that is
missing.
"""

from __future__ import annotations

from typing import Any


class ResourcesSkipped(Exception):
    """Some resources were not asked for, as they depend on some that failed."""


def keep_regions_apart() -> None:
    """Have the program that runs go on past a failed resource. Without a failure nothing changes."""
    from pulumi.runtime.settings import SETTINGS, get_monitor

    monitor = get_monitor()
    if monitor is not None and not isinstance(monitor, _Monitor):
        SETTINGS.monitor = _Monitor(monitor)


class _Monitor:
    """The engine's monitor, as the program sees it. Names of methods are those of the engine's protocol."""

    def __init__(self, monitor: Any) -> None:
        self._monitor = monitor
        self._missing: set[str] = set()
        """URNs of what failed and of what depends on it."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Ask for a resource, unless it depends on one that is missing."""
        from pulumi.runtime.proto import resource_pb2

        if self._missing.isdisjoint(_dependencies(request)):
            answer = self._monitor.RegisterResource(request)
            if answer.result == resource_pb2.Result.SUCCESS:
                return answer
        else:
            answer = resource_pb2.RegisterResourceResponse()
        answer.urn = answer.urn or f"urn:pulumi:missing::{request.type}::{request.name}"
        self._missing.add(answer.urn)
        # Its outputs are unknown, as in a preview.
        answer.result, answer.unknown = resource_pb2.Result.SUCCESS, True
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Nobody is told of what was never asked for."""
        if request.urn in self._missing:
            return None
        return self._monitor.RegisterResourceOutputs(request)

    def SignalAndWaitForShutdown(self, request: Any) -> Any:  # noqa: N802
        """The end of the program."""
        if self._missing:
            raise ResourcesSkipped(f"{len(self._missing)} resources failed, or depend on one that did")
        return self._monitor.SignalAndWaitForShutdown(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._monitor, name)


def _dependencies(request: Any) -> set[str]:
    """URNs of all that a resource needs before it."""
    by_property = (urn for found in request.propertyDependencies.values() for urn in found.urns)
    return {request.parent, *request.dependencies, *by_property}
