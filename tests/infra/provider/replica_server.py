"""A replica for tests: OpenAI-shaped answers, with the faults of a real one by argument."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--name", default="")
parser.add_argument("--say", default="hello")
parser.add_argument("--load-s", type=float, default=0)
parser.add_argument("--exit-code", type=int)
parser.add_argument("--never-healthy", action="store_true")
parser.add_argument("--answer-s", type=float, default=0)
options = parser.parse_args()

if options.exit_code is not None:
    print("CUDA error: out of memory", flush=True)
    sys.exit(options.exit_code)
started = time.monotonic()
draining = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        loading = options.never_healthy or time.monotonic() - started < options.load_s or draining.is_set()
        self._answer(503 if loading else 200, {"status": "loading" if loading else "ok"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        with in_flight:
            self._complete()

    def _complete(self) -> None:
        time.sleep(options.answer_s)
        message = {"role": "assistant", "content": options.say}
        answer = {"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
        self._answer(200, answer | {"replica": options.name, "secret": os.environ.get("TEST_SECRET", "")})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


class InFlight:
    """Counts requests, so that a drain waits for them and not for idle connections."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = threading.Condition()

    def __enter__(self) -> None:
        with self._idle:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._idle:
            self._count -= 1
            self._idle.notify_all()

    def wait(self) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._count == 0)


in_flight = InFlight()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


server = Server(("127.0.0.1", options.port), Handler)


def drain(*_: object) -> None:
    draining.set()
    threading.Thread(target=server.shutdown).start()


signal.signal(signal.SIGTERM, drain)
print(f"listening on {options.port}", flush=True)
server.serve_forever(poll_interval=0.05)
in_flight.wait()
time.sleep(0.1)  # the last answer is on its way
