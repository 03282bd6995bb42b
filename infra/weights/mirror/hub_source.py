"""A model's files from the Hugging Face hub, a few at a time: the disk need not hold all of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from llmdeploy.infra.weights.mirror.errors import SourceUnusable
from llmdeploy.infra.weights.mirror.selection import served_files
from llmdeploy.infra.weights.mirror.source import SourceFile


class HubSource:
    """A revision of a model. The token is huggingface_hub's: `HF_TOKEN`, or what `hf auth login` left.

    Args:
        folder: where files lie between the hub and the bucket; what a killed push left there is used.
        endpoint: another hub than `HF_ENDPOINT`, or huggingface.co.
    """

    def __init__(self, name: str, revision: str | None, folder: Path, endpoint: str | None = None) -> None:
        self._name = name
        self._revision = revision
        self._folder = folder / re.sub(r"[^A-Za-z0-9._-]", "-", f"{name}@{revision or 'main'}")
        self._endpoint = endpoint
        self._commit: str | None = None

    def files(self) -> Sequence[SourceFile]:
        """As the hub lists them; the hash is known of the large ones."""
        with _asking(self._name, self._revision):
            from huggingface_hub import HfApi

            told = HfApi(endpoint=self._endpoint).model_info(
                self._name, revision=self._revision, files_metadata=True
            )
        self._commit = told.sha
        known = {each.rfilename: each for each in told.siblings or ()}
        return [
            SourceFile(path, known[path].size or 0, _sha256(known[path].lfs)) for path in served_files(known)
        ]

    @contextmanager
    def opened(self, file: SourceFile) -> Iterator[Path]:
        """Downloaded of the commit that was listed, and removed when it is no longer needed."""
        with _asking(self._name, self._revision):
            from huggingface_hub import hf_hub_download

            path = Path(
                hf_hub_download(
                    self._name,
                    file.path,
                    revision=self._commit or self._revision,
                    local_dir=self._folder,
                    endpoint=self._endpoint,
                )
            )
        if path.stat().st_size != file.size:
            raise SourceUnusable(
                f"{file.path} of {self._name} came with {path.stat().st_size} bytes, not {file.size}",
                "push again",
            )
        yield path
        path.unlink()

    def close(self) -> None:
        """Remove what is left on this machine, when all is in the buckets."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _sha256(lfs: object) -> str | None:
    found = getattr(lfs, "sha256", None)
    return str(found) if found else None


@contextmanager
def _asking(name: str, revision: str | None) -> Iterator[None]:
    try:
        from huggingface_hub.errors import (  # type: ignore[attr-defined]
            GatedRepoError,
            HTTPError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise SourceUnusable(
            f"mirroring {name} from the hub needs huggingface_hub", "pip install 'llmdeploy-stacks[hub]'"
        ) from None
    disable_progress_bars()
    try:
        yield
    except GatedRepoError:
        raise SourceUnusable(f"{name} is gated", "accept its licence on the hub and set HF_TOKEN") from None
    except RevisionNotFoundError:
        raise SourceUnusable(f"{name} has no revision {revision}", "name a commit, tag or branch") from None
    except RepositoryNotFoundError:
        raise SourceUnusable(
            f"the hub has no {name}, or it is private", "check the name; set HF_TOKEN for a private model"
        ) from None
    except (HTTPError, OSError, ValueError) as error:
        raise SourceUnusable(
            f"the hub does not give {name} ({type(error).__name__})", "push again: it goes on where it was"
        ) from error
