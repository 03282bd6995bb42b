"""Buckets of AWS."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llmdeploy.infra.weights.mirror.bucket import Sent, StoredObject
from llmdeploy.infra.weights.mirror.errors import BucketUnusable, no_such_bucket

PART = 64 << 20
"""Bytes of a part: of what is sent again after a broken connection."""
MOST_PARTS = 10_000
"""That S3 takes for one object (S3 user guide)."""
NOTED = "sha256"


class S3Bucket:
    """A bucket, through boto3. The parts of an interrupted upload stay with S3, which lists them.

    Args:
        client: boto3's, for the bucket's region.
        part: bytes of a part.
    """

    def __init__(self, client: Any, name: str, region: str, part: int = PART) -> None:
        self._client = client
        self.name = name
        self._region = region
        self._part = part

    def objects(self, prefix: str) -> Mapping[str, StoredObject]:
        """A listing, which does not tell what was noted."""
        with self._asking():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            return {
                each["Key"]: StoredObject(each["Size"], None)
                for page in pages
                for each in page.get("Contents", ())
            }

    def sha256(self, key: str) -> str | None:
        """From the object's metadata."""
        with self._asking():
            noted: str | None = self._client.head_object(Bucket=self.name, Key=key)["Metadata"].get(NOTED)
            return noted

    def send(self, key: str, path: Path, sha256: str, sent: Sent) -> None:
        """In parts, each with its checksum, which S3 compares."""
        size = path.stat().st_size
        with self._asking():
            if size <= self._part:
                self._send_whole(key, path, sha256)
                sent(size)
            else:
                self._send_parts(key, path, size, sha256, sent)
            self._check(key, size, sha256)

    def read(self, key: str) -> str | None:
        """The object's text."""
        with self._asking():
            try:
                content: bytes = self._client.get_object(Bucket=self.name, Key=key)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None
            return content.decode()

    def write(self, key: str, text: str) -> None:
        """The object's text."""
        with self._asking():
            self._client.put_object(Bucket=self.name, Key=key, Body=text.encode())

    def delete(self, key: str) -> None:
        """The object, if it is there."""
        with self._asking():
            self._client.delete_object(Bucket=self.name, Key=key)

    def _send_whole(self, key: str, path: Path, sha256: str) -> None:
        self._client.put_object(
            Bucket=self.name,
            Key=key,
            Body=path.read_bytes(),
            Metadata={NOTED: sha256},
            ChecksumSHA256=b64encode(bytes.fromhex(sha256)).decode(),
        )

    def _send_parts(self, key: str, path: Path, size: int, sha256: str, sent: Sent) -> None:
        upload = self._begun(key) or self._begin(key, sha256)
        there = self._parts(key, upload)
        parts = []
        for number, content in enumerate(_parts_of(path, max(self._part, -(-size // MOST_PARTS))), start=1):
            checksum = b64encode(hashlib.sha256(content).digest()).decode()
            etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
            if there.get(number) != etag:
                etag = self._client.upload_part(
                    Bucket=self.name,
                    Key=key,
                    UploadId=upload,
                    PartNumber=number,
                    Body=content,
                    ChecksumSHA256=checksum,
                )["ETag"]
            parts.append({"PartNumber": number, "ETag": etag, "ChecksumSHA256": checksum})
            sent(len(content))
        self._client.complete_multipart_upload(
            Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
        )

    def _begin(self, key: str, sha256: str) -> str:
        upload: str = self._client.create_multipart_upload(
            Bucket=self.name, Key=key, Metadata={NOTED: sha256}, ChecksumAlgorithm="SHA256"
        )["UploadId"]
        return upload

    def _begun(self, key: str) -> str | None:
        """The upload that an interrupted push left."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self.name, Prefix=key)
        uploads = [each for page in pages for each in page.get("Uploads", ()) if each["Key"] == key]
        return max(uploads, key=lambda each: each["Initiated"])["UploadId"] if uploads else None

    def _parts(self, key: str, upload: str) -> dict[int, str]:
        pages = self._client.get_paginator("list_parts").paginate(Bucket=self.name, Key=key, UploadId=upload)
        return {each["PartNumber"]: each["ETag"] for page in pages for each in page.get("Parts", ())}

    def _check(self, key: str, size: int, sha256: str) -> None:
        found = self._client.head_object(Bucket=self.name, Key=key)
        if found["ContentLength"] == size and found["Metadata"].get(NOTED) == sha256:
            return
        # The upload that was gone on with was begun for other content.
        self._client.delete_object(Bucket=self.name, Key=key)
        raise BucketUnusable(f"{self._region}: {key} did not arrive whole", "push again")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise self._refused(error.response.get("Error", {}).get("Code", "unknown")) from error
        except BotoCoreError as error:
            raise BucketUnusable(
                f"{self._region}: S3 does not answer ({type(error).__name__})",
                "see that the network reaches it, and push again: it goes on where it was",
            ) from error

    def _refused(self, code: str) -> BucketUnusable:
        if code == "NoSuchBucket":
            return no_such_bucket(self.name, self._region)
        return BucketUnusable(
            f"{self._region}: S3 refuses ({code}) for the bucket {self.name}",
            "the credentials need s3:ListBucket, GetObject, PutObject, DeleteObject, "
            "ListBucketMultipartUploads and ListMultipartUploadParts there",
        )


def _parts_of(path: Path, part: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while content := file.read(part):
            yield content
