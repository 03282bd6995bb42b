"""`doctor`: what is wrong with a machine, each with its mend."""

from __future__ import annotations

import json
from pathlib import Path

from llmdeploy.cli.doctor import programs, resources
from llmdeploy.cli.doctor.run import CHECKS
from llmdeploy.infra.home import Home


def test_this_machine_can_run_up(terminal):
    outcome = terminal.run("llmdeploy doctor")
    assert outcome.code == 0, outcome.stdout
    assert "✓ envoy" in outcome.stdout
    assert outcome.stdout.endswith("This machine can run `llmdeploy up`.\n")


def test_findings_as_json(terminal):
    document = json.loads(terminal.run("llmdeploy doctor --json").stdout)
    assert document["ok"] is True
    assert len(document["findings"]) == len(CHECKS)


def test_no_engine_and_no_go_block(terminal):
    outcome = terminal.run("llmdeploy doctor", PATH="/nowhere", LLMDEPLOY_CACHE=str(terminal.folder))
    assert outcome.code == 1
    assert "✗ pulumi engine   not here, and no Go to build it with\n  → " in outcome.stdout


def test_an_open_passphrase_file_blocks(tmp_path):
    home = private_home(tmp_path)
    home.passphrase_file.write_text("secret")
    home.passphrase_file.chmod(0o644)
    finding = resources.permissions(home)
    assert (finding.verdict, finding.mend) == ("blocks", f"`chmod 600 {home.passphrase_file}`")
    home.passphrase_file.chmod(0o600)
    assert resources.permissions(home).verdict == "ok"


def test_an_open_home_is_a_warning(tmp_path):
    home = private_home(tmp_path)
    home.root.chmod(0o755)
    assert resources.permissions(home).mend == f"`chmod 700 {home.root}`"


def test_a_home_that_is_not_there_yet_is_fine(tmp_path):
    home = Home(tmp_path / "deep" / "home", tmp_path / "deep" / "cache")
    assert {resources.permissions(home).verdict, resources.disk(home).verdict} == {"ok"}
    assert not (tmp_path / "deep").exists()


def test_every_finding_that_is_not_ok_has_a_mend(tmp_path):
    for check in CHECKS:
        finding = check(private_home(tmp_path))
        assert finding.found
        assert finding.verdict == "ok" or finding.mend


def test_the_provider_is_found_beside_the_interpreter(tmp_path):
    finding = programs.provider(private_home(tmp_path))
    assert Path(finding.found).name == "pulumi-resource-llmdeploy"


def private_home(tmp_path: Path) -> Home:
    root = tmp_path / "home"
    root.mkdir(mode=0o700, exist_ok=True)
    return Home(root, tmp_path / "cache")
