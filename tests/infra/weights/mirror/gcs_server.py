"""A server that answers Google's client library as Cloud Storage does: listings, media, resumable uploads."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Store:
    """What the server holds, and what it was sent."""

    bucket: str
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    sessions: dict[str, tuple[str, dict[str, str], bytearray]] = field(default_factory=dict)
    received: list[tuple[str, int]] = field(default_factory=list)
    """Bytes of media by key, one entry a request."""
    delay_s: float = 0.0
    """Before each chunk is answered."""
    broken: bool = False
    """Content that arrives is not what was sent."""


class Gcs(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def store(self) -> Store:
        return self.server.store

    def do_GET(self):
        url = urlsplit(self.path)
        if not self.right_bucket(url.path):
            return self.reply(404, {"error": {"message": "The specified bucket does not exist."}})
        query = parse_qs(url.query)
        key = self.key(url.path)
        if key is None:
            prefix = query["prefix"][0]
            found = [self.described(name) for name in sorted(self.store.objects) if name.startswith(prefix)]
            return self.reply(200, {"items": found} if found else {})
        if key not in self.store.objects:
            return self.reply(404, {"error": {"message": f"No such object: {key}"}})
        if query.get("alt") == ["media"]:
            return self.reply(200, self.store.objects[key][0])
        return self.reply(200, self.described(key))

    def do_DELETE(self):
        found = self.store.objects.pop(self.key(urlsplit(self.path).path), None)
        return self.reply(204 if found else 404, b"")

    def do_POST(self):
        url = urlsplit(self.path)
        query, body = parse_qs(url.query), self.body()
        if not self.right_bucket(url.path):
            return self.reply(404, {"error": {"message": "The specified bucket does not exist."}})
        if query["uploadType"] == ["resumable"]:
            asked = json.loads(body)
            session = f"/session/{len(self.store.sessions)}"
            self.store.sessions[session] = (asked["name"], asked.get("metadata", {}), bytearray())
            return self.reply(200, b"", Location=f"http://{self.headers['Host']}{session}")
        if query["uploadType"] == ["multipart"]:
            boundary = re.search(r'boundary="?([^";]+)', self.headers["Content-Type"])[1]
            parts = body.split(f"--{boundary}".encode())
            asked = json.loads(parts[1].split(b"\n\n", 1)[1])
            return self.stored(asked["name"], b"", asked.get("metadata", {}))
        return self.stored(query["name"][0], body, {})

    def do_PUT(self):
        session = self.store.sessions.get(self.path)
        body = self.body()
        if session is None:
            return self.reply(404, b"")
        name, metadata, content = session
        total = int(self.headers["Content-Range"].rpartition("/")[2])
        if body:
            time.sleep(self.store.delay_s)
            begin = int(re.match(r"bytes (\d+)-", self.headers["Content-Range"])[1])
            if begin != len(content):
                return self.reply(503, b"")
            content.extend(body)
            self.store.received.append((name, len(body)))
        if len(content) == total:
            return self.stored(name, bytes(content), metadata, count=False)
        held = {"Range": f"bytes=0-{len(content) - 1}"} if content else {}
        return self.reply(308, b"", **held)

    def stored(self, name, content, metadata, *, count=True):
        if self.store.broken:
            content = content[:-1]
        self.store.objects[name] = (content, metadata)
        if count:
            self.store.received.append((name, len(content)))
        return self.reply(200, self.described(name))

    def described(self, name):
        content, metadata = self.store.objects[name]
        md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
        return {"name": name, "size": str(len(content)), "metadata": metadata, "md5Hash": md5}

    def right_bucket(self, path):
        return f"/b/{self.store.bucket}/o" in path

    def key(self, path):
        found = re.search(r"/o/(.+)$", path)
        return unquote(found[1]) if found else None

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, content, **headers):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


@contextmanager
def gcs_server(bucket: str) -> Iterator[tuple[Store, str]]:
    """The store, and the address for STORAGE_EMULATOR_HOST."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Gcs) as server:
        server.daemon_threads = True
        server.store = Store(bucket)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.store, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
