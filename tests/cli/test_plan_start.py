"""How `llmdeploy plan` tells the start of a replica."""

from __future__ import annotations

import json

SPEC = """name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""
LINE = "start       about 12 minutes (boot 3.0, image 3.7, weights 1.9, load 1.0,"


def test_in_a_line(terminal):
    terminal.write("chat.yaml", SPEC)
    shown = terminal.run("llmdeploy plan chat.yaml").stdout
    assert LINE in shown
    assert "healing check" not in shown


def test_part_by_part(terminal):
    terminal.write("chat.yaml", SPEC)
    shown = terminal.run("llmdeploy plan chat.yaml --verbose").stdout
    for text in (
        LINE,
        "boot     180      instance and driver",
        "weights  117      disk",
        "disk           nvme, 209 GiB for 64, writes 125 MiB/s, reads 250",
        "grace          1470 s",
        "healing check  every 10 s, within 5 s; lost after 60 s",
    ):
        assert text in shown


def test_as_json(terminal):
    terminal.write("chat.yaml", SPEC)
    (region,) = json.loads(terminal.run("llmdeploy plan chat.yaml --json").stdout)["regions"]
    start = region["startup"]
    assert [part["name"] for part in start["parts"]] == ["boot", "image", "weights", "load", "warm-up"]
    assert all(part["source"] for part in start["parts"])
    assert region["server"]["startup_timeout_s"] == start["timeout_s"] == start["grace_s"]
