"""A hub that lists a model's files and gives them, as huggingface.co does."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "b" * 40
LARGE = 1000
"""Bytes from which a file is one of the large ones, whose sha256 the hub tells."""


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.serve(body=False)

    def do_GET(self):
        self.serve(body=True)

    def serve(self, *, body):
        path = urlsplit(self.path).path
        if path.startswith("/api/models/"):
            return self.listing(path.removeprefix("/api/models/"))
        if "/resolve/" not in path:  # what huggingface_hub asks beside the files
            return self.answer(404, b"", {})
        owner, name, _, revision, file = path[1:].split("/", 4)
        content = self.server.models.get(f"{owner}/{name}", {}).get(file)
        if content is None or revision not in ("main", COMMIT):
            return self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        if body:
            self.server.given.append((file, self.headers.get("Range")))
        begin = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-") or 0)
        sent = content[begin:]
        headers = {"ETag": f'"{sha256(content)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        return self.answer(206 if begin else 200, sent, headers, body=body)

    def listing(self, path):
        model, _, revision = path.partition("/revision/")
        if model == "acme/gated":
            return self.answer(403, b"", {"X-Error-Code": "GatedRepo"})
        files = self.server.models.get(model)
        if files is None:
            return self.answer(404, b"", {"X-Error-Code": "RepoNotFound"})
        if revision not in ("", "main", COMMIT):
            return self.answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        siblings = [described(name, content) for name, content in files.items()]
        told = {"id": model, "sha": COMMIT, "siblings": siblings}
        return self.answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def answer(self, status, content, headers, *, body=True):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_args):
        pass


def described(name, content):
    row = {"rfilename": name, "size": len(content), "blobId": "c" * 40}
    if len(content) >= LARGE:
        row["lfs"] = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
    return row


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@contextmanager
def hub(models: dict[str, dict[str, bytes]]) -> Iterator[ThreadingHTTPServer]:
    """The server while it is needed; `given` lists the files that it has sent."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        server.daemon_threads = True
        server.models, server.given = models, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"
