"""What is known of a model outside the catalog: remembered, or asked of the Hugging Face hub."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmdeploy.infra.hub.ask import Tell
    from llmdeploy.serving.models.description import Describe, Description

COMMIT = r"[0-9a-f]{7,40}"
"""A revision that always means the same files."""
FRESH_S = 24 * 3600.0
"""How long a branch or a tag is believed to mean what it did."""


def describer(cache: Path, tell: Tell, endpoint: str | None = None) -> Describe:
    """Describes any model on the hub, and remembers it in `cache`.

    A commit is asked for once; a branch, which every model without a revision is on, once a day, and what was
    remembered serves while the hub cannot be reached.

    Args:
        cache: a folder of llmdeploy's own.
        tell: told when the hub is asked.
        endpoint: another hub than `HF_ENDPOINT`, or huggingface.co.
    """
    folder = cache / "hub"

    def describe(name: str, revision: str | None) -> Description:
        # Only for a model that the catalog does not know: all other plans start sooner without.
        from llmdeploy.infra.hub.ask import HubUnavailable, ask_hub
        from llmdeploy.serving.models.description import described
        from llmdeploy.serving.models.errors import ModelUnknown
        from llmdeploy.serving.models.kept import keep_description, kept_file
        from llmdeploy.serving.models.lookup import unknown_mend
        from llmdeploy.serving.spec.model import source_kind

        if source_kind(name) != "hub":
            raise ModelUnknown(f"model {name}: what is in it cannot be seen from here", unknown_mend(name))
        key = f"{name}@{revision or 'main'}"
        remembered = _remembered(folder, key)
        if remembered is not None and _holds(revision, kept_file(folder, key)):
            return remembered
        try:
            told = ask_hub(name, revision, tell, endpoint)
        except HubUnavailable as error:
            if remembered is None or not error.unreachable:
                raise
            tell(f"the hub cannot be reached; {name} is as it was told before")
            return remembered
        described(name, told)  # what cannot be is not remembered: the hub may mend it
        keep_description(folder, key, told)
        return told

    return describe


def _remembered(folder: Path, key: str) -> Description | None:
    from llmdeploy.serving.models.errors import BadModelFile
    from llmdeploy.serving.models.kept import kept_description

    try:
        return kept_description(folder, key)
    except BadModelFile:  # a cache that is damaged is filled again
        return None


def _holds(revision: str | None, file: Path) -> bool:
    if revision is not None and re.fullmatch(COMMIT, revision):
        return True
    return time.time() - file.stat().st_mtime < FRESH_S
