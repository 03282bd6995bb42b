"""The gateway signs with what its ECS task is given, and takes up what comes after that has ended."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.serving.gateway.live import wait_until
from tests.serving.gateway.managed_live import managed
from tests.serving.gateway.sigv4 import KEY_ID, SECRET, SESSION


class TaskCredentials(HTTPServer):
    """What ECS has for a task, on loopback in the place of 169.254.170.2."""

    session = SESSION

    def document(self) -> dict[str, str]:
        # Envoy asks again a minute before the end.
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=62)
        return {
            "AccessKeyId": KEY_ID,
            "SecretAccessKey": SECRET,
            "Token": self.session,
            "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class _Answer(BaseHTTPRequestHandler):
    server: TaskCredentials

    def do_GET(self) -> None:
        text = json.dumps(self.server.document()).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def task_credentials() -> Iterator[TaskCredentials]:
    with TaskCredentials(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_the_tasks_credentials_sign_and_are_renewed() -> None:
    with task_credentials() as task:
        uri = f"http://127.0.0.1:{task.server_port}/v2/credentials/1"
        given = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri}
        with managed("sagemaker", probe_s=0, environment=given) as running:
            assert running.chat().status_code == 200
            task.session = "the service does not know this one"
            wait_until(lambda: running.chat().status_code == 503, "the next ones are used")
            task.session = SESSION
            wait_until(lambda: running.chat().status_code == 200, "and those after them")
