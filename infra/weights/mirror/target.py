"""A model's place in one bucket, while it is pushed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.weights.mirror.bucket import Bucket, Sent
from llmdeploy.infra.weights.mirror.errors import MirrorFailed
from llmdeploy.infra.weights.mirror.manifest import MirroredFile, manifest_text
from llmdeploy.infra.weights.mirror.source import SourceFile
from llmdeploy.serving.node.places import COMPLETE


@dataclass(frozen=True, slots=True)
class Pushed:
    """One model in one region's bucket. Bytes and seconds."""

    region: str
    bucket: str
    prefix: str
    files: int
    size: int
    files_sent: int
    bytes_sent: int
    seconds: float


class Target:
    """What of a model is there, and what was sent. Reads the bucket's listing when it is made.

    Args:
        prefix: where the model lies, without a slash at its end.
    """

    def __init__(self, region: str, bucket: Bucket, prefix: str) -> None:
        self._region = region
        self._bucket = bucket
        self._prefix = prefix
        self._complete = f"{prefix}/{COMPLETE}"
        self._stored = dict(bucket.objects(f"{prefix}/"))
        self._whole = self._complete in self._stored
        self._sent: list[int] = []

    def has(self, file: SourceFile, sha256: str) -> bool:
        """Whether a file is there, by its size and the hash that was noted when it was sent."""
        key = self._key(file.path)
        stored = self._stored.get(key)
        if stored is None or stored.size != file.size:
            return False
        return (stored.sha256 or self._bucket.sha256(key)) == sha256

    def send(self, file: SourceFile, path: Path, sha256: str, sent: Sent) -> None:
        """Send a file, after the note that all is there has been taken away."""
        self._begin_change()
        self._bucket.send(self._key(file.path), path, sha256, sent)
        self._sent.append(file.size)

    def finish(self, files: Sequence[MirroredFile]) -> None:
        """Remove what the model no longer has, see that all is there, and only then note that it is.

        Raises:
            MirrorFailed: something is missing.
        """
        wanted = {self._key(file.path): file.size for file in files}
        for key in self._stored.keys() - wanted.keys() - {self._complete}:
            self._begin_change()
            self._bucket.delete(key)
        stored = self._bucket.objects(f"{self._prefix}/")
        for key, size in wanted.items():
            if key not in stored or stored[key].size != size:
                raise MirrorFailed(f"{self._region}: {key} is not there as it was sent", "push again")
        text = manifest_text(files)
        if self._bucket.read(self._complete) != text:
            self._bucket.write(self._complete, text)

    def pushed(self, files: Sequence[SourceFile], seconds: float) -> Pushed:
        """What was done."""
        return Pushed(
            region=self._region,
            bucket=self._bucket.name,
            prefix=self._prefix,
            files=len(files),
            size=sum(file.size for file in files),
            files_sent=len(self._sent),
            bytes_sent=sum(self._sent),
            seconds=round(seconds, 1),
        )

    def _begin_change(self) -> None:
        """No node may take for whole what is half changed."""
        if self._whole:
            self._bucket.delete(self._complete)
            self._whole = False

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}"
