"""A forge to talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.errors import ForgeForbidden
from llmdeploy.infra.forge.patience import Patience
from llmdeploy.infra.forge.protocol import Forge
from llmdeploy.serving.errors import LlmdeployError

LOGIN: Final = "LLMDEPLOY_CI_LOGIN"
"""Whose comments on GitHub are ours, for the token of an app that is not GitHub Actions."""

_GITHUB_TOKENS: Final = ("GITHUB_TOKEN", "GH_TOKEN")
_GITLAB_TOKENS: Final = ("LLMDEPLOY_GITLAB_TOKEN", "GITLAB_TOKEN")


def connect(
    event: CiEvent, environ: Mapping[str, str], tell: Callable[[str], None], patience_s: float = 60
) -> Forge:
    """The forge that the event is of, with the token and the address of this environment. Asks nothing yet.

    Args:
        tell: is told of waits, a line each.
        patience_s: seconds that may be lost in all to a forge that is not well.

    Raises:
        ForgeForbidden: there is no token.
        LlmdeployError: the client library is not installed, or the address is none.
    """
    try:
        if event.forge == "github":
            from llmdeploy.infra.forge.github import GithubForge

            return GithubForge(
                _address(environ, "GITHUB_API_URL", "https://api.github.com"),
                event.repository,
                _token(environ, _GITHUB_TOKENS),
                Patience(GithubForge.name, patience_s, tell),
                environ.get(LOGIN, ""),
            )
        from llmdeploy.infra.forge.gitlab import GitlabForge

        return GitlabForge(
            _address(environ, "CI_API_V4_URL", "https://gitlab.com/api/v4"),
            event.repository,
            _token(environ, _GITLAB_TOKENS),
            Patience(GitlabForge.name, patience_s, tell),
        )
    except ImportError as error:
        raise LlmdeployError(
            f"{error.name} is not installed", "pip install 'llmdeploy-stacks[ci]'"
        ) from error


def _token(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Without the line end that many a secret has; what else is in it must never be in a message."""
    name = next((name for name in names if environ.get(name, "").strip()), None)
    if name is None:
        raise ForgeForbidden(f"there is no token: {' and '.join(names)} are not set", f"set {names[0]}")
    token = environ[name].strip()
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ForgeForbidden(f"what {name} holds is no token", f"set {name} to a token, of one line")
    return token


def _address(environ: Mapping[str, str], name: str, usual: str) -> str:
    address = environ.get(name) or usual
    if not address.startswith(("https://", "http://")):
        raise LlmdeployError(f"{name} is no address: {address!r}", f"leave {name} as the CI sets it")
    return address.rstrip("/")
