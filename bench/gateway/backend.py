"""A backend that answers at once, written so that it is never the bottleneck: `python backend.py PORT`.

It reads no more of a request than where it ends, and writes an answer made beforehand.
"""

from __future__ import annotations

import asyncio
import sys

BODY = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY)
) + BODY
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Backend(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (size := _whole(self._buffer)) is not None:
            self._buffer = self._buffer[size:]
            self._transport.write(ANSWER)


def _whole(buffer: bytes) -> int | None:
    """The size of the first request when all of it is there."""
    end = buffer.find(HEAD_END)
    if end < 0:
        return None
    head = buffer[:end].lower()
    at = head.find(LENGTH)
    length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    size = end + len(HEAD_END) + length
    return size if len(buffer) >= size else None


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Backend, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
