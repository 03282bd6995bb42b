"""A server for tests: it has adapters as vLLM 0.32 and SGLang 0.5.23 do, and answers with their names.

Its calls, statuses and messages are those of vllm/entrypoints/openai/models/serving.py and of SGLang's
http_server.py and tokenizer_control_mixin.py. An adapter is a folder with PEFT's adapter_config.json, whose
rank it reads. No model is in it.
"""

from __future__ import annotations

import argparse
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BASE = "model"

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--calls", choices=("vllm", "sglang"), required=True)
parser.add_argument("--max-lora-rank", type=int, required=True)
parser.add_argument("--lora-modules", "--lora-paths", dest="adapters", nargs="*", default=[])
options = parser.parse_args()
vllm = options.calls == "vllm"
lock = threading.Lock()
loaded: dict[str, str] = {}


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message

    @property
    def body(self) -> dict[str, Any]:
        if vllm:
            return {"error": {"message": self.message, "type": "", "param": None, "code": self.status}}
        return {"success": False, "error_message": self.message}


def load(name: str, path: str, in_place: bool = False) -> None:
    if name in loaded and not (vllm and in_place):
        raise Refused(400, f"The lora adapter '{name}' has already been loaded.")
    config = Path(path) / "adapter_config.json"
    if not config.is_file():
        raise Refused(404 if vllm else 400, f"No adapter found for {name} at {path}")
    if (rank := json.loads(config.read_text())["r"]) > options.max_lora_rank:
        raise Refused(
            500 if vllm else 400, f"LoRA rank {rank} is greater than max_lora_rank {options.max_lora_rank}."
        )
    loaded[name] = path


def unload(name: str) -> None:
    if name not in loaded:
        raise Refused(404 if vllm else 400, f"The lora adapter '{name}' cannot be found.")
    del loaded[name]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        base = {"id": BASE, "object": "model", "root": BASE, "parent": None}
        others = [{**base, "id": name, "root": path, "parent": BASE} for name, path in loaded.items()]
        self._answer(200, {"object": "list", "data": [base, *others]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        prefix = "/v1" if vllm else ""
        try:
            with lock:
                if self.path == f"{prefix}/load_lora_adapter":
                    load(asked["lora_name"], asked["lora_path"], asked.get("load_inplace", False))
                    return self._answer(200, {"success": True})
                if self.path == f"{prefix}/unload_lora_adapter":
                    unload(asked["lora_name"])
                    return self._answer(200, {"success": True})
            return self._complete(asked["model"])
        except Refused as refused:
            return self._answer(refused.status, refused.body)

    def _complete(self, model: str) -> None:
        if model != BASE and model not in loaded:
            return self._answer(404, {"error": {"message": f"The model `{model}` does not exist."}})
        said = BASE if model == BASE else Path(loaded[model]).name
        message = {"role": "assistant", "content": said}
        return self._answer(200, {"choices": [{"index": 0, "message": message}]})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


for adapter in options.adapters:
    load(*adapter.split("=", 1))
server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
server.daemon_threads = True
server.serve_forever()
