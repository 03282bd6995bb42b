"""The comment of a fork's run, posted by a run that may write. What the fork made is not trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.ci.post import comment_key, post, summarise
from llmdeploy.cli.ci.reviews import COMMENT
from llmdeploy.cli.ci.tell import tell
from llmdeploy.cli.render.review.comment import LIMIT
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.forge.ci_event import CiEvent

FIRST: Final = (
    "**From a fork:** this text was made by a run of the pull request's own files, which may say anything."
)
_CUT: Final = "\n\n… cut: the run's report has everything.\n"
_BYTES_A_CHARACTER: Final = 4
_PING: Final = re.compile(r"@(?=[A-Za-z0-9])|(?<!&)#(?=\d)")
_NOTHING: Final = "\N{WORD JOINER}"


def fork_comment(folder: Path) -> str:
    """What may be posted: it is cut to size, names nobody, and can hide nothing.

    Raises:
        LlmdeployError: there is no comment in the folder.
    """
    file = folder / COMMENT
    try:
        # A link could lead to a file of this run.
        if file.is_symlink():
            raise LlmdeployError(f"{file} is a link", "see what the fork's run did")
        with file.open("rb") as opened:
            text = opened.read(_BYTES_A_CHARACTER * LIMIT).decode("utf-8", errors="replace")
    except OSError as error:
        raise LlmdeployError(
            f"{file} cannot be read: {error.strerror}",
            "download the artifact `llmdeploy-review` of the fork's run first",
        ) from error
    room = LIMIT - len(FIRST) - len(_CUT) - 2
    whole = _harmless(text)
    return f"{FIRST}\n\n{whole if len(whole) <= room else whole[:room] + _CUT}"


def _harmless(text: str) -> str:
    """Without comments of HTML, by which our own comments are known, and with names that call nobody."""
    return _PING.sub(lambda found: found[0] + _NOTHING, text.replace("<!--", "&lt;!--").replace("\0", ""))


def post_fork_comment(
    folder: Path, environment: str | None, event: CiEvent, environ: Mapping[str, str]
) -> None:
    """Post the comment in a folder on the pull request of the awaited run.

    Raises:
        LlmdeployError: there is no comment in the folder.
    """
    from llmdeploy.infra.forge.connect import connect
    from llmdeploy.infra.forge.errors import ForgeUnusable
    from llmdeploy.infra.forge.pull_request_of_run import pull_request_of

    text = fork_comment(folder)
    try:
        number = pull_request_of(connect(event, environ, tell), event)
    except ForgeUnusable as error:
        return summarise(environ, text, error.problem, tell)
    if number is None:
        tell("No open pull request proposes that commit any more: there is nothing to comment on.")
        return None
    return post(replace(event, number=number), environ, comment_key(environment), text, tell)
