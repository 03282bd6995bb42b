"""Why an engine command failed, as one of our errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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

_NO_PLUGIN = re.compile(r"no resource plugin 'pulumi-resource-(?P<plugin>[^']+)' found")

_UNREACHABLE = re.compile(
    r"PULUMI_ACCESS_TOKEN must be set|unable to open state directory|could not (?:open bucket|get cloud url)|"
    r"(?:read|write) \"\.pulumi/meta\.yaml\"|problem logging in|connection refused|no such host|"
    r"permission denied|read-only file system"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What an engine command printed before it failed, and what it was about."""

    text: str
    backend: Backend
    project: str
    stack: str


def explain(failure: Failure) -> LlmdeployError:
    """The error of ours for it."""
    for pattern, error in _CASES:
        if pattern.search(failure.text):
            return error(failure)
    said = _plain(failure.text) or "the engine stopped without a reason"
    return EngineFailed(f"stack {failure.stack}: {said}")


def _missing(failure: Failure) -> LlmdeployError:
    return StackMissing(failure.stack)


def _disk_full(failure: Failure) -> LlmdeployError:
    return DiskFull(
        f"stack {failure.stack}: no space left for the state in {failure.backend.url}",
        "free some space and run the same command again: the state that was saved before is whole",
    )


def _passphrase(failure: Failure) -> LlmdeployError:
    return PassphraseUnusable(
        f"stack {failure.stack}: the passphrase is not the one that its secrets were encrypted with",
        "restore the file `passphrase` of the llmdeploy home that made the stack, "
        "or set PULUMI_CONFIG_PASSPHRASE_FILE",
    )


def _damaged(failure: Failure) -> LlmdeployError:
    try:
        check_state(failure.backend, failure.project, failure.stack)
    except StateDamaged as damaged:
        return damaged
    return StateDamaged(
        f"the state of stack {failure.stack} in {failure.backend.url} is damaged: {_plain(failure.text)}",
        "restore it from a backup of the backend",
    )


def _no_plugin(failure: Failure) -> LlmdeployError:
    found = _NO_PLUGIN.search(failure.text)
    plugin = found["plugin"] if found else ""
    mend = (
        "install llmdeploy again: that script belongs beside its Python"
        if plugin == "llmdeploy"
        else f"install it with `pulumi plugin install resource {plugin}`"
    )
    return EngineFailed(f"stack {failure.stack}: the engine finds no plugin `pulumi-resource-{plugin}`", mend)


def _unreachable(failure: Failure) -> LlmdeployError:
    return BackendUnusable(
        f"the state backend {failure.backend.url} cannot be used: {_plain(failure.text)}",
        "check its address, and that you may read and write there (`pulumi login` for Pulumi Cloud)",
    )


_CASES: tuple[tuple[re.Pattern[str], Callable[[Failure], LlmdeployError]], ...] = (
    (re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE), _disk_full),
    (re.compile(r"no stack named .* found"), _missing),
    (re.compile(r"incorrect passphrase|passphrase must be set"), _passphrase),
    (re.compile(r"failed to load checkpoint|could not deserialize|snapshot integrity failure"), _damaged),
    (_NO_PLUGIN, _no_plugin),
    (_UNREACHABLE, _unreachable),
)
"""What the engine says at v3.259.0, the first that fits; tests/infra/runner has the real engine say it."""


def _plain(text: str) -> str:
    return re.sub(r"^error: ", "", text.strip(), flags=re.MULTILINE)
