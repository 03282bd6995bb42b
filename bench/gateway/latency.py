"""What the gateway adds to a request at one client, beside HAProxy and nginx in the same run."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from bench.gateway.figures import row, spread
from bench.gateway.rivals import rival_commands
from tests.serving.gateway.live import KEY, Live, Replica, free_port, gateway, wait_until
from tests.serving.gateway.plans import gateway_plan, regions

from llmdeploy.infra.load.latency import percentile
from llmdeploy.serving.gateway.defaults import gateway_defaults

REQUESTS = 400
"""Requests to each gateway in one round; rounds go in turn, so that noise hits all alike."""
ROUNDS = 6
BODY = b'{"model":"chat","messages":[{"role":"user","content":"hi"}],"stream":false,"max_tokens":1}'
BACKEND = Path(__file__).with_name("backend.py")
BAR_P50_MS = 0.25
WIDTHS = (10, 26, 26, 14)


class TrivialReplica(Replica):
    """The bench's backend in place of the tests' replica."""

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, str(BACKEND), str(self.port)])


def print_latency(runs: int) -> None:
    """Print p50 and p99 added, and each rival's ratio."""
    plan = gateway_plan(hedge=gateway_defaults("local").hedge)
    with gateway(plan, regions("local/a"), replica_class=TrivialReplica) as live, _rivals(live) as rivals:
        ports = {"direct": live.replicas[0].port, "envoy": live.port(), **rivals}
        added = _measure(ports, runs * ROUNDS)
        assert live.envoy is not None
        rss = psutil.Process(live.envoy.pid).memory_info().rss / 2**20
    print(
        f"\nLatency added at 1 client: {runs * ROUNDS} rounds of {REQUESTS} requests, in turn; keys, retries,"
    )
    print("hedging, access log and metrics on. Median of the rounds (smallest–largest).")
    print(row("gateway", "p50 added, ms", "p99 added, ms", "p50 / Envoy's", widths=WIDTHS))
    base = statistics.median(added["envoy"][0])
    for name, (middle, high) in added.items():
        ratio = f"{statistics.median(middle) / base:.2f}"
        print(row(name, spread(middle, digits=3), spread(high, digits=3), ratio, widths=WIDTHS))
    for name in ("haproxy", "nginx"):
        if name not in added:
            print(row(name, f"not installed: apt-get install {name}", "", "", widths=WIDTHS))
    print(f"bar: p50 added ≤ {BAR_P50_MS} ms. Envoy's memory after this: {rss:.0f} MiB")


def _measure(ports: Mapping[str, int], rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """For each gateway, p50 and p99 over the direct way, in milliseconds, a value a round."""
    connections = {name: socket.create_connection(("127.0.0.1", port)) for name, port in ports.items()}
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ports if name != "direct"}
    for connection in connections.values():
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _round(connection)
    for _ in range(rounds):
        took = {name: _round(connection) for name, connection in connections.items()}
        for name, (middle, high) in found.items():
            for values, percent in ((middle, 50), (high, 99)):
                through, direct = percentile(took[name], percent), percentile(took["direct"], percent)
                assert through is not None
                assert direct is not None
                values.append((through - direct) * 1000)
    for connection in connections.values():
        connection.close()
    return found


def _round(connection: socket.socket) -> list[float]:
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
    )
    request = head.encode() + BODY
    took = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"]}"):
            piece = connection.recv(65536)
            assert piece, "the connection was closed"
            answer += piece
        took.append(time.perf_counter() - start)
        assert answer.startswith(b"HTTP/1.1 200"), answer
    return sorted(took)


@contextmanager
def _rivals(live: Live) -> Iterator[dict[str, int]]:
    ports = {"haproxy": free_port(), "nginx": free_port()}
    commands = rival_commands(live.directory, ports, live.replicas[0].port, KEY)
    with ExitStack() as stack:
        for name, command in commands.items():
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            wait_until(lambda port=ports[name]: _listens(port), f"{name} listens")  # type: ignore[misc]
        yield {name: ports[name] for name in commands}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
