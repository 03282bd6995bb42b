"""What can go wrong on a machine or with the engine, each with its mend.

LlmdeployError (serving)
├── EngineMissing            no Pulumi engine, and no way of getting one worked
├── StackLocked              another operation holds the stack; exit code 4
├── StackMissing             the stack was never brought up
├── StateDamaged             the state file cannot be read
├── BackendUnusable          the state backend cannot be reached or written
├── HomeUnusable             the llmdeploy home cannot be read or written
├── DiskFull                 no room left for the state
├── PassphraseUnusable       the passphrase file is unsafe, unreadable or the wrong one
├── ResourcesFailed          one or more resources did not come up; exit code 3 when others did
├── NotReviewed              `up` would have done what was not reviewed; exit code 3 when other things were
├── EngineFailed             the engine stopped for a reason of its own
├── ProgramFailed            the program raised: a bug; exit code 70
└── Interrupted              Ctrl-C or SIGTERM, the state is saved; exit code 130
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llmdeploy.serving.errors import LlmdeployError


class EngineMissing(LlmdeployError):
    """No Pulumi engine was found and none could be obtained.

    Args:
        attempts: each way tried and why it failed, in order.
    """

    def __init__(self, version: str, attempts: Iterable[tuple[str, str]]) -> None:
        self.attempts = tuple(attempts)
        tried = "".join(f"\n  {way}: {reason}" for way, reason in self.attempts)
        super().__init__(
            f"no Pulumi engine {version} on this machine, and none could be obtained:{tried}",
            f"install Pulumi {version} (https://www.pulumi.com/docs/install/) or Go, "
            "then run `llmdeploy engine install`",
        )


class StackLocked(LlmdeployError):
    """Another operation holds the stack."""

    exit_code = 4


class StackMissing(LlmdeployError):
    """The backend has no such stack."""

    def __init__(self, stack: str) -> None:
        super().__init__(f"stack {stack} does not exist", "bring it up first with `llmdeploy up SPEC`")


class StateDamaged(LlmdeployError):
    """The state of a stack cannot be read: cut short, or not what Pulumi writes."""


class BackendUnusable(LlmdeployError):
    """The state backend cannot be reached, read or written."""


class HomeUnusable(LlmdeployError):
    """The folders of llmdeploy (LLMDEPLOY_HOME, LLMDEPLOY_CACHE) cannot be read or written."""


class DiskFull(LlmdeployError):
    """No room is left where the state is kept."""


class PassphraseUnusable(LlmdeployError):
    """The passphrase of the secrets cannot be used: unsafe file, unreadable, or not the one of this state."""


@dataclass(frozen=True, slots=True)
class ResourceFailure:
    """One resource that failed, with the provider's own message and nothing else."""

    type: str
    name: str
    urn: str
    message: str


class ResourcesFailed(LlmdeployError):
    """One or more resources failed. Those that came up stay in the state: the next `up` goes on from there.

    Args:
        stack: the stack's name.
        failures: what failed, in the order in which it failed.
        partly: some of the stack is up (exit code 3, else 1).
    """

    def __init__(self, stack: str, failures: Iterable[ResourceFailure], partly: bool) -> None:
        self.stack = stack
        self.failures = tuple(failures)
        self.exit_code = 3 if partly else 1
        count = len(self.failures)
        lines = "".join(f"\n  {each.name} ({each.type}): {_indented(each.message)}" for each in self.failures)
        super().__init__(
            f"stack {stack}: {count} resource{'s' if count != 1 else ''} failed:{lines}",
            "mend the cause and run the same command again: it goes on from here",
        )


class NotReviewed(LlmdeployError):
    """An `up` that is held to a plan would have done something else: that was not done.

    Args:
        stack: the stack's name.
        refused: what, a line each.
        partly: some of what was reviewed was done before.
    """

    def __init__(self, stack: str, refused: Iterable[str], partly: bool) -> None:
        self.refused = tuple(dict.fromkeys(refused))
        self.exit_code = 3 if partly else 1
        lines = "".join(f"\n  {each}" for each in self.refused)
        super().__init__(
            f"stack {stack}: this was not reviewed, and was not done:{lines}",
            "review again what is there now: `llmdeploy preview SPEC --save-plan FILE`",
        )


class EngineFailed(LlmdeployError):
    """The engine stopped without a failed resource; the problem is its own message."""


class ProgramFailed(LlmdeployError):
    """The Pulumi program raised an exception: a bug, with its traceback in the attribute of that name."""

    exit_code = 70

    def __init__(self, stack: str, what: str, traceback: str) -> None:
        self.traceback = traceback
        super().__init__(
            f"stack {stack}: the program raised {what}",
            "this is a bug: please report it with the traceback",
        )


class Interrupted(LlmdeployError):
    """The user stopped the operation. What was done is saved."""

    exit_code = 130


def _indented(message: str) -> str:
    return message.replace("\n", "\n    ")
