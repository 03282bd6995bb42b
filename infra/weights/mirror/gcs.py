"""Buckets of Google's cloud."""

from __future__ import annotations

import hashlib
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llmdeploy.infra.weights.mirror.bucket import Sent, StoredObject
from llmdeploy.infra.weights.mirror.errors import BucketUnusable, no_such_bucket
from llmdeploy.infra.weights.mirror.sessions import UploadSessions

CHUNK = 32 << 20
"""Bytes sent at a time: of what is sent again after a broken connection. A multiple of 256 KiB (JSON API)."""
NOTED = "sha256"
_RETRIES = 5
_NO_BUCKET = b"specified bucket does not exist"
"""How Google's 404 of a missing bucket differs from that of a missing object."""


class GcsBucket:
    """A bucket, through Google's client library. Where an interrupted upload stood is asked of its session,
    whose address is kept on this machine.

    Args:
        service: makes the library's `storage` service; called once a thread, as its transport needs.
        sessions: the addresses of uploads under way.
    """

    def __init__(
        self,
        service: Callable[[], Any],
        name: str,
        region: str,
        sessions: UploadSessions,
        chunk: int = CHUNK,
    ) -> None:
        self._service = service
        self.name = name
        self._region = region
        self._sessions = sessions
        self._chunk = chunk
        self._own = threading.local()

    def objects(self, prefix: str) -> Mapping[str, StoredObject]:
        """A listing, with what was noted."""
        found: dict[str, StoredObject] = {}
        with self._asking():
            listing = self._objects().list(
                bucket=self.name, prefix=prefix, fields="items(name,size,metadata),nextPageToken"
            )
            while listing is not None:
                page = listing.execute(num_retries=_RETRIES)
                for each in page.get("items", ()):
                    noted = each.get("metadata", {}).get(NOTED)
                    found[each["name"]] = StoredObject(int(each["size"]), noted)
                listing = self._objects().list_next(listing, page)
        return found

    def sha256(self, key: str) -> str | None:
        """From the object's metadata."""
        with self._asking():
            found = self._objects().get(bucket=self.name, object=key).execute(num_retries=_RETRIES)
        noted: str | None = found.get("metadata", {}).get(NOTED)
        return noted

    def send(self, key: str, path: Path, sha256: str, sent: Sent) -> None:
        """In chunks of a resumable upload; Google's hash of the whole is compared with ours."""
        with self._asking():
            stored = self._send(key, path, sha256, sent)
        if stored.get("md5Hash") != _md5(path):
            self.delete(key)
            raise BucketUnusable(f"{self._region}: {key} did not arrive whole", "push again")

    def read(self, key: str) -> str | None:
        """The object's text."""
        with self._asking(missing_is_none=True):
            content: bytes = (
                self._objects().get_media(bucket=self.name, object=key).execute(num_retries=_RETRIES)
            )
            return content.decode()
        return None

    def write(self, key: str, text: str) -> None:
        """The object's text."""
        from googleapiclient.http import MediaInMemoryUpload

        media = MediaInMemoryUpload(text.encode(), mimetype="text/plain")
        with self._asking():
            self._objects().insert(bucket=self.name, name=key, media_body=media).execute(num_retries=_RETRIES)

    def delete(self, key: str) -> None:
        """The object, if it is there."""
        with self._asking(missing_is_none=True):
            self._objects().delete(bucket=self.name, object=key).execute(num_retries=_RETRIES)

    def _objects(self) -> Any:
        if not hasattr(self._own, "service"):
            self._own.service = self._service()
        return self._own.service.objects()

    def _send(self, key: str, path: Path, sha256: str, sent: Sent) -> dict[str, Any]:
        from googleapiclient.http import MediaFileUpload

        size = path.stat().st_size
        # The library cannot send an empty file in chunks.
        resumable = size > 0
        media = MediaFileUpload(
            str(path), mimetype="application/octet-stream", chunksize=self._chunk, resumable=resumable
        )
        body = {"name": key, "metadata": {NOTED: sha256}}
        request = self._objects().insert(bucket=self.name, body=body, media_body=media)
        if not resumable:
            done: dict[str, Any] = request.execute(num_retries=_RETRIES)
            return done
        return self._send_chunks(request, self._sessions.of(self.name, key, sha256), size, sent)

    def _send_chunks(self, request: Any, session: Any, size: int, sent: Sent) -> dict[str, Any]:
        told = 0
        if session.address is not None:
            stood = self._stood(request, session.address, size)
            if isinstance(stood, dict):
                session.end()
                sent(size)
                return stood
            if stood is not None:
                request.resumable_uri, request.resumable_progress = session.address, stood
                sent(stood)
                told = stood
        while True:
            progress, done = request.next_chunk(num_retries=_RETRIES)
            if session.address != request.resumable_uri:
                session.begin(request.resumable_uri)
            arrived = size if done else progress.resumable_progress
            sent(arrived - told)
            told = arrived
            if done:
                session.end()
                found: dict[str, Any] = done
                return found

    def _stood(self, request: Any, address: str, size: int) -> int | dict[str, Any] | None:
        """Bytes that Google has of an upload; its object when it has all; None when it has forgotten it."""
        response, content = request.http.request(
            address, method="PUT", headers={"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        )
        if response.status in (200, 201):
            found: dict[str, Any] = json.loads(content)
            return found
        if response.status != 308:
            return None
        _, _, last = response.get("range", "").rpartition("-")
        return int(last) + 1 if last else 0

    @contextmanager
    def _asking(self, *, missing_is_none: bool = False) -> Iterator[None]:
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import Error, HttpError
        from httplib2 import HttpLib2Error

        try:
            yield
        except HttpError as error:
            if error.resp.status == 404 and missing_is_none and _NO_BUCKET not in error.content:
                return
            raise self._refused(int(error.resp.status)) from error
        except (GoogleAuthError, Error, HttpLib2Error, OSError) as error:
            raise BucketUnusable(
                f"{self._region}: Cloud Storage does not answer ({type(error).__name__})",
                "see that the network reaches it, and push again: it goes on where it was",
            ) from error

    def _refused(self, status: int) -> BucketUnusable:
        if status == 404:
            return no_such_bucket(self.name, self._region)
        return BucketUnusable(
            f"{self._region}: Cloud Storage refuses (HTTP {status}) for the bucket {self.name}",
            "the credentials need roles/storage.objectAdmin there",
        )


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return b64encode(
            hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
        ).decode()
