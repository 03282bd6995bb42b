"""A server that answers as the hub does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "a" * 40
REFUSED = {"acme/gated": (403, "GatedRepo"), "acme/none": (404, "RepoNotFound")}


class Hub(BaseHTTPRequestHandler):
    """Serves its files, and says of everything else what the hub says."""

    def do_HEAD(self):
        self.serve(body=False)

    def do_GET(self):
        self.serve(body=True)

    def serve(self, *, body):
        if "/resolve/" not in self.path:  # what huggingface_hub asks beside the files
            return self.answer(404, b"", {})
        self.server.asked.append((self.path, self.headers.get("authorization")))
        owner, name, _, revision, file = self.path[1:].split("/", 4)
        content = self.server.files.get(f"{owner}/{name}/{file}") if revision in ("main", COMMIT) else None
        if content is None:
            status, code = REFUSED.get(
                f"{owner}/{name}", (404, "EntryNotFound" if revision == "main" else "RevisionNotFound")
            )
            return self.answer(status, b"", {"X-Error-Code": code})
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"ETag": f'"{hash(self.path) & 0xFFFFFFFF:x}"'}
        return self.answer(200, text, headers, body=body)

    def answer(self, status, text, headers, *, body=True):
        self.send_response(status)
        for name, value in {**headers, "X-Repo-Commit": COMMIT, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(text)

    def log_message(self, *_args):
        pass


@contextmanager
def hub_server(files: Mapping[str, Any]) -> Iterator[ThreadingHTTPServer]:
    """The server while it is needed; `files` maps `owner/name/file` to bytes or to what becomes JSON."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as serving:
        serving.asked, serving.files = [], files
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield serving
        finally:
            serving.shutdown()
            thread.join()


def address(serving: ThreadingHTTPServer) -> str:
    """As `HF_ENDPOINT` takes it."""
    return f"http://127.0.0.1:{serving.server_port}"
