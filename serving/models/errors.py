"""Why a model's shape could not be known."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.serving.errors import LlmdeployError


class ModelUnknown(LlmdeployError):
    """No catalog row and no file describes the model."""


class BadModelFile(LlmdeployError):
    """A model's file is missing, unreadable, or says what cannot be. All its problems are listed.

    Args:
        source: the file, as the user knows it.
        problems: one clause each, in the order of reading.
        mend: what the user can do.
    """

    def __init__(self, source: str, problems: Iterable[str], mend: str) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__(f"{source}: " + "; ".join(self.problems), mend)
