"""Why an engine command failed, as one of our errors."""

from __future__ import annotations

import re
from collections.abc import Callable

from llmdeploy.infra.errors import (
    BackendUnusable,
    DiskFull,
    EngineFailed,
    PassphraseUnusable,
    StackMissing,
    StateDamaged,
)
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import check_state
from llmdeploy.serving.errors import LlmdeployError

_UNREACHABLE = re.compile(
    r"PULUMI_ACCESS_TOKEN must be set|unable to open state directory|could not (?:open bucket|get cloud url)|"
    r"read \"\.pulumi/meta\.yaml\"|problem logging in|connection refused|no such host|"
    r"permission denied|read-only file system"
)


def explain(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    """The error for what an engine command printed before it failed.

    Args:
        text: its error output and error diagnostics.
    """
    for pattern, error in _CASES:
        if pattern.search(text):
            return error(_plain(text), backend, project, stack)
    return EngineFailed(f"stack {stack}: {_plain(text) or 'the engine stopped without a reason'}")


def _missing(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    return StackMissing(stack)


def _disk_full(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    return DiskFull(
        f"stack {stack}: no space left for the state in {backend.url}",
        "free some space and run the same command again: the state that was saved before is whole",
    )


def _passphrase(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    return PassphraseUnusable(
        f"stack {stack}: the passphrase is not the one that its secrets were encrypted with",
        "restore the file `passphrase` of the llmdeploy home that made the stack, "
        "or set PULUMI_CONFIG_PASSPHRASE_FILE",
    )


def _damaged(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    try:
        check_state(backend, project, stack)
    except StateDamaged as damaged:
        return damaged
    return StateDamaged(
        f"the state of stack {stack} in {backend.url} is damaged: {text}",
        "restore it from a backup of the backend",
    )


def _backend(text: str, backend: Backend, project: str, stack: str) -> LlmdeployError:
    return BackendUnusable(
        f"the state backend {backend.url} cannot be used: {text}", "check its address and access"
    )


_CASES: tuple[tuple[re.Pattern[str], Callable[[str, Backend, str, str], LlmdeployError]], ...] = (
    (re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE), _disk_full),
    (re.compile(r"no stack named .* found"), _missing),
    (re.compile(r"incorrect passphrase|passphrase must be set"), _passphrase),
    (re.compile(r"failed to load checkpoint|could not deserialize|snapshot integrity failure"), _damaged),
    (_UNREACHABLE, _backend),
)
"""What the engine says at v3.259.0, the first that fits; texts tried against the real engine in
tests/infra/runner."""


def _plain(text: str) -> str:
    return re.sub(r"^error: ", "", text.strip(), flags=re.MULTILINE)
