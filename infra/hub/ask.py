"""Asks the Hugging Face hub for a model's config.json and the size of its weights."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from llmdeploy.serving.models.description import Description
from llmdeploy.serving.models.errors import ModelUnknown
from llmdeploy.serving.models.local import CONFIG, INDEX, LARGEST_FILE, checkpoint_bytes
from llmdeploy.serving.models.lookup import unknown_mend

Tell = Callable[[str], None]
"""Told in a line what is done."""
TIMEOUT_S = 10.0
"""Until the hub has answered a question."""


class HubUnavailable(ModelUnknown):
    """The hub does not give a model's files: no network, no such model, or no permission.

    `unreachable` says that another time it may.
    """

    def __init__(self, problem: str, mend: str, *, unreachable: bool = False) -> None:
        self.unreachable = unreachable
        super().__init__(problem, mend)


def ask_hub(name: str, revision: str | None, tell: Tell, endpoint: str | None = None) -> Description:
    """The description of one revision of a model; None: the default branch.

    The token is huggingface_hub's: `HF_TOKEN`, or what `hf auth login` left.

    Args:
        tell: told that the hub is asked.
        endpoint: another hub than `HF_ENDPOINT`, or huggingface.co.

    Raises:
        HubUnavailable: with the mend.
        BadModelFile: the index of the checkpoint says what cannot be.
    """
    tell(f"asking the hub about {name}")
    with tempfile.TemporaryDirectory(prefix="llmdeploy-hub-") as folder:
        config = _file(name, revision, CONFIG, folder, endpoint)
        if config is None:
            raise HubUnavailable(
                f"model {name}: the hub has no {CONFIG} of it",
                f"is it a GGUF or a LoRA? {unknown_mend(name)}",
            )
        index = _file(name, revision, INDEX, folder, endpoint)
    size = checkpoint_bytes(index, source=f"{INDEX} of {name} on the hub") if index is not None else None
    return Description(config, size, f"{CONFIG} of {name} on the hub")


def _file(
    name: str, revision: str | None, file: str, folder: str, endpoint: str | None
) -> Mapping[str, Any] | None:
    try:
        from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

        # HTTPError: of its HTTP client, which is not the same in all versions.
        from huggingface_hub.errors import (  # type: ignore[attr-defined]
            EntryNotFoundError,
            GatedRepoError,
            HTTPError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )
    except ImportError as error:
        raise HubUnavailable(
            f"model {name} is not in the catalog, and asking the hub needs huggingface_hub",
            f"pip install 'llmdeploy-stacks[hub]', or {unknown_mend(name)}",
        ) from error
    try:
        # First, as the download alone would try for half a minute to reach a hub that is not there.
        url = hf_hub_url(name, file, revision=revision, endpoint=endpoint)
        there = get_hf_file_metadata(url, timeout=TIMEOUT_S, endpoint=endpoint)
        if there.size is not None and there.size > LARGEST_FILE:
            raise HubUnavailable(f"model {name}: its {file} has {there.size:,} bytes", unknown_mend(name))
        path = hf_hub_download(name, file, revision=revision, cache_dir=folder, endpoint=endpoint)
    except GatedRepoError as error:
        raise HubUnavailable(
            f"model {name} is gated", "accept its licence on the hub and set HF_TOKEN"
        ) from error
    except RepositoryNotFoundError as error:
        raise HubUnavailable(
            f"model {name}: the hub has no such model, or it is private",
            f"set HF_TOKEN for a private one; {unknown_mend(name)}",
        ) from error
    except RevisionNotFoundError as error:
        raise HubUnavailable(
            f"model {name} has no revision {revision}", "name a commit, tag or branch that it has"
        ) from error
    except EntryNotFoundError:
        return None
    except (HTTPError, OSError, ValueError) as error:
        raise HubUnavailable(
            f"model {name} is not in the catalog, and the hub cannot be reached",
            unknown_mend(name),
            unreachable=True,
        ) from error
    return _read(name, file, Path(path))


def _read(name: str, file: str, path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    raise HubUnavailable(f"model {name}: its {file} on the hub is no JSON object", unknown_mend(name))
