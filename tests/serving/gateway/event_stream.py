"""Frames of application/vnd.amazon.eventstream, written as Amazon's services do: the other side of the
gateway's reading. The form is that of botocore/eventstream.py, which the tests hold it to.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

TYPES_OF_OTHERS = {":flag": b"\x00", ":tries": b"\x04\x00\x00\x00\x2a", ":time": b"\x08" + bytes(8)}
"""Headers that are no strings, in the form that they have in a frame."""


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame with these headers and, as the form allows, some of other types."""
    parts = [_name(name) + value for name, value in TYPES_OF_OTHERS.items()]
    parts += [
        _name(name) + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for name, value in headers.items()
    ]
    block = b"".join(parts)
    prelude = struct.pack("!II", 4 + 4 + 4 + len(block) + len(payload) + 4, len(block))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    whole = prelude + block + payload
    return whole + struct.pack("!I", zlib.crc32(whole))


def event(name: str, payload: bytes) -> bytes:
    """A frame with a part of the answer."""
    kind = {":event-type": name, ":content-type": "application/octet-stream", ":message-type": "event"}
    return frame(kind, payload)


def failure(name: str, payload: bytes) -> bytes:
    """A frame that says the answer broke off."""
    return frame({":exception-type": name, ":message-type": "exception"}, payload)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """The data in pieces of these sizes, again and again from the first."""
    at, index = 0, 0
    while at < len(data):
        size = sizes[index % len(sizes)]
        yield data[at : at + size]
        at, index = at + size, index + 1


def _name(name: str) -> bytes:
    return bytes([len(name)]) + name.encode()
