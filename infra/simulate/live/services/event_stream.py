"""AWS's event streams (application/vnd.amazon.eventstream), written: each event a frame with two checksums.

The layout is the one that botocore reads (botocore/eventstream.py): total and header length, CRC of both,
headers, payload, CRC of all.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Final

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
_TEXT: Final = 7
"""The type of a header that is text."""
_FRAME: Final = 16
"""Bytes of a frame besides headers and payload."""


def event(kind: str, payload: bytes, content_type: str) -> bytes:
    """One event."""
    headers = {":event-type": kind, ":content-type": content_type, ":message-type": "event"}
    return _frame(headers, payload)


def failure(kind: str, payload: bytes) -> bytes:
    """What ends a stream that cannot go on."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return _frame(headers, payload)


def _frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    told = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", _FRAME + len(told) + len(payload), len(told))
    frame = prelude + struct.pack("!I", zlib.crc32(prelude)) + told + payload
    return frame + struct.pack("!I", zlib.crc32(frame))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack(f"!B{len(key)}sBH{len(text)}s", len(key), key, _TEXT, len(text), text)
