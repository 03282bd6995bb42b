"""`llmdeploy preflight` as a user sees it, against an AWS of moto's and a hub of our own, and simulated."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from moto.server import ThreadedMotoServer

from llmdeploy.cli.commands.preflight import preflight
from llmdeploy.cli.render.preflight import PreflightProgress
from llmdeploy.infra.preflight.finding import CHECKS, Finding
from llmdeploy.serving.gateway.images import GATEWAYS

SPEC = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
hardware: {gpu: l4}
regions: [aws/us-east-1]
"""
IMAGES = ["vllm/vllm-openai:v0.32.0", *GATEWAYS["aws"]]
TOKEN = "hf_canary_token"
SECRET = "canary+secret+key"


class Others(BaseHTTPRequestHandler):
    """A hub whose models are gated, and whom no token satisfies; and the Service Quotas of a new account,
    which moto does not know."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        call = self.headers["x-amz-target"].partition(".")[2]
        if call == "GetServiceQuota":
            self.answer(400, {"__type": "NoSuchResourceException", "message": "never changed"})
        elif call == "GetAWSDefaultServiceQuota":
            value = 0.0 if asked["QuotaCode"] == "L-DB2E81BA" else 10.0
            self.answer(200, {"Quota": {**asked, "Value": value}})
        else:
            self.answer(200, {"RequestedQuotas": []})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_HEAD(self):
        self.send_response(403)
        self.send_header("x-error-code", "GatedRepo")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def others():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Others)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def aws():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def environ(terminal, aws, others):
    """Credentials for both, and a digest that is remembered: Docker Hub is none of a test's business."""
    terminal.write("chat.yaml", SPEC)
    home = terminal.folder.parent / "home"
    home.mkdir(mode=0o700)
    (home / "images.json").write_text(json.dumps(dict.fromkeys(IMAGES, "sha256:" + "a" * 64)))
    return {
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "AKIACANARY",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL_SERVICE_QUOTAS": others,
        "HF_ENDPOINT": others,
        "HF_TOKEN": TOKEN,
    }


def findings(outcome):
    return {
        (each["where"], each["check"], each["command"].partition(" --desired")[0]): each
        for each in json.loads(outcome.stdout)["findings"]
    }


def test_a_fresh_account_without_quota(terminal, environ):
    shown = terminal.run("llmdeploy preflight chat.yaml", **environ)
    assert shown.code == 1
    # Ready commands stand on one line each, however narrow the table is.
    assert (
        "  aws service-quotas request-service-quota-increase --region us-east-1 --service-code ec2"
        " --quota-code L-DB2E81BA --desired-value 8\n"
    ) in shown.stdout
    assert "`llmdeploy up` would not go on." in shown.stdout
    assert "gated," in shown.stdout
    table = shown.stdout.partition("What mends it")[0]
    assert max(map(len, table.splitlines())) <= 80


def test_json_says_the_same_and_no_secret_is_told(terminal, environ):
    outcome = terminal.run("llmdeploy preflight chat.yaml --json", **environ)
    data = json.loads(outcome.stdout)
    assert (outcome.code, outcome.stderr, data["ok"]) == (1, "", False)
    by_check = {each["check"]: each for each in data["findings"]}
    assert by_check["credentials"]["has"].startswith("arn:aws:sts::123456789012:")
    assert by_check["region"]["verdict"] == "ok"
    assert by_check["zones"]["has"] == "5 zones: a b c d f"
    (zones,) = data["pins"]["zones"].values()
    assert zones == [f"us-east-1{letter}" for letter in "abcdf"]
    # What moto does not know is said, and soft.
    assert by_check["permissions"]["soft"]
    assert by_check["permissions"]["has"].startswith("no answer from iam:SimulatePrincipalPolicy")
    for secret in (TOKEN, SECRET):
        assert secret not in outcome.stdout + outcome.stderr


def test_simulated_clouds_have_plenty_and_are_named_as_such(terminal):
    terminal.write("chat.yaml", SPEC)
    outcome = terminal.run("llmdeploy preflight chat.yaml --simulate --json")
    data = json.loads(outcome.stdout)
    assert (outcome.code, data["ok"], data["simulated"]) == (0, True, True)
    shown = terminal.run("llmdeploy preflight chat.yaml --simulate")
    assert shown.stdout.startswith("Simulated clouds: nothing was asked of a real one.\n")
    assert shown.stdout.endswith("The clouds can give what `llmdeploy up` needs.\n")
    # Nothing is made by looking, and digests that are made up are not remembered as real ones.
    assert not list((terminal.folder.parent / "home").rglob("images.json"))
    assert not (terminal.folder.parent / "home" / "simulated").exists()


def test_policies_are_printed_ready_for_use(terminal):
    policy = json.loads(terminal.run("llmdeploy preflight --print-policy aws").stdout)
    assert policy["Version"] == "2012-10-17"
    role = yaml.safe_load(terminal.run("llmdeploy preflight --print-policy gcp").stdout)
    assert "compute.instanceGroupManagers.create" in role["includedPermissions"]


def test_without_credentials(terminal, others):
    terminal.write("chat.yaml", SPEC)
    home = terminal.folder.parent / "home"
    home.mkdir(mode=0o700)
    (home / "images.json").write_text(json.dumps(dict.fromkeys(IMAGES, "sha256:" + "a" * 64)))
    environ = {"AWS_EC2_METADATA_DISABLED": "true", "HF_ENDPOINT": others}
    outcome = terminal.run("llmdeploy preflight chat.yaml --json", **environ)
    found = findings(outcome)
    assert outcome.code == 1
    assert found["aws", "credentials", ""]["has"] == "AWS: Unable to locate credentials"
    # What needs none is checked all the same.
    assert found["", "weights", ""]["has"] == "gated, no HF_TOKEN"
    assert ("aws/us-east-1", "region", "") not in found


def test_the_option_knows_every_check():
    allow = next(each for each in preflight.params if each.name == "allow")
    assert tuple(allow.type.choices) == CHECKS


def test_ctrl_c_ends_it_at_once_though_aws_hangs(terminal, others, command):
    terminal.write("chat.yaml", SPEC)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environ = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "AKIACANARY",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "HF_ENDPOINT": others,
        }
        running = subprocess.Popen(
            [command, "preflight", "chat.yaml"],
            cwd=terminal.folder,
            env={**terminal.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            silent.settimeout(30)
            # It hangs as soon as it has connected.
            connection, _ = silent.accept()
            with connection:
                began = time.monotonic()
                running.send_signal(signal.SIGINT)
                _, told = running.communicate(timeout=20)
        finally:
            running.kill()
            running.wait()
    assert time.monotonic() - began < 5
    assert running.returncode == 130
    assert "Traceback" not in told


def test_progress_in_a_log_is_a_line_every_few_seconds(capsys):
    clock = iter([0.0, 1.0, 6.0, 7.0])
    finding = Finding("aws/us-east-1", "zones", "", "", "ok")
    with PreflightProgress(lambda: next(clock)) as told:
        for done in (1, 2, 3):
            told(finding, done, 9)
    assert capsys.readouterr().err == "2 of 9 checks: ✓ aws/us-east-1 zones\n"
