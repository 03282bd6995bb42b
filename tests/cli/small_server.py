"""An OpenAI-compatible server that starts at once: what the specs of the tests run by `framework: custom`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--start-s", type=float, default=0)
parser.add_argument("--exit-code", type=int)
parser.add_argument("--word-s", type=float, default=0, help="seconds before each word of an answer")
parser.add_argument("--held-by", type=Path, help="a file: no stream ends while it is there")
options = parser.parse_args()
WORDS = ("Hello", " from", " here", ".")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(b"ok", "text/plain")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        print("prompt of", len(body["messages"][0]["content"]), "characters", flush=True)
        if not body.get("stream"):
            time.sleep(options.word_s * len(WORDS))
            message = {"role": "assistant", "content": "".join(WORDS)}
            self._send(
                json.dumps({"choices": [{"index": 0, "message": message}]}).encode(), "application/json"
            )
            return
        events = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in WORDS]
        lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
        self._head("text/event-stream", sum(map(len, lines)))
        for line in lines[:-1]:
            time.sleep(options.word_s)
            self.wfile.write(line.encode())
        while options.held_by and options.held_by.exists():
            time.sleep(0.05)
        self.wfile.write(lines[-1].encode())

    def _send(self, content: bytes, kind: str) -> None:
        self._head(kind, len(content))
        self.wfile.write(content)

    def _head(self, kind: str, length: int) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that goes away is nothing to write about in the log that a test reads."""


if options.exit_code is not None:
    print("CUDA error: out of memory", flush=True)
    sys.exit(options.exit_code)
time.sleep(options.start_s)
print("serving", flush=True)
Server(("127.0.0.1", options.port), Handler).serve_forever()
