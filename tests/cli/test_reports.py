"""`validate` tells the same to every system of CI: what it writes is read as that system reads it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from urllib.parse import unquote

import pytest
from sarif_pydantic import Sarif

GOOD = """\
name: chat
model: {id: HuggingFaceTB/SmolLM2-135M-Instruct, revision: 12fd25f77366fa6b3b4b768ec3050bf629380bac}
framework: vllm
regions: [local/a]
"""
BAD = GOOD.replace("[local/a]", "[{name: local/a, gpu: l4}, {name: local/b, gpu: l4}]")
WIDE = GOOD + '"😀😀": 1\nscaling: {"😀": 1, min: 0}\n'
ODD = 'specs/it\'s 100% "mine", a:b #1 雪.yaml'
FORMATS = ("json", "sarif", "junit", "codequality", "github")


@pytest.mark.parametrize("name", ["plain.yaml", ODD])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BAD, [("spec/regions/gpu", "gpu: l4}, {"), ("spec/regions/gpu", "gpu: l4}]")]),
        (WIDE, [("spec", '"😀😀": 1'), ("spec/scaling", '"😀": 1, min'), ("spec/scaling/min", "0}")]),
        (GOOD, []),
    ],
    ids=["bad", "wide", "good"],
)
def test_code_scanning_finds_each_place(terminal, name, text, found):
    terminal.write(name, text)
    run = scanned(terminal, name)
    assert run.tool.driver.name == "llmdeploy"
    rules = [rule.id for rule in run.tool.driver.rules]
    assert rules == sorted({rule for rule, _ in found})
    for result, (rule, marked) in zip(run.results, found, strict=True):
        place = result.locations[0].physical_location
        line = (
            (terminal.folder / unquote(place.artifact_location.uri))
            .read_text()
            .splitlines()[place.region.start_line - 1]
        )
        assert (result.rule_id, rules[result.rule_index]) == (rule, rule)
        assert line[place.region.start_column - 1 :].startswith(marked)


def test_alerts_stay_the_same_when_lines_move(terminal):
    twice = BAD + "name: again\n"
    terminal.write("chat.yaml", twice)
    before = fingerprints(scanned(terminal, "chat.yaml"))
    terminal.write("chat.yaml", f"# A new line.\n\n{twice}")
    after = fingerprints(scanned(terminal, "./chat.yaml"))
    assert after == before
    assert len(set(before)) == 3
    terminal.write("other.yaml", twice)
    assert not set(before) & set(fingerprints(scanned(terminal, "other.yaml")))


def test_what_is_written_is_what_would_be_printed(terminal):
    terminal.write("good.yaml", GOOD)
    terminal.write("bad.yaml", BAD)
    command = "llmdeploy validate good.yaml bad.yaml"
    reports = {form: f"made here/{form}: a report" for form in FORMATS}
    outcome = terminal.run(
        shlex.join([*shlex.split(command), *(f"--report={form}:{file}" for form, file in reports.items())])
    )
    assert outcome == terminal.run(command)
    assert outcome.code == 2
    for form, file in reports.items():
        assert (terminal.folder / file).read_text() == terminal.run(f"{command} --format {form}").stdout


def test_a_report_of_an_hour_ago_is_written_over(terminal):
    terminal.write("llmdeploy.sarif", "old" * 10_000)
    terminal.write("chat.yaml", GOOD)
    assert terminal.run("llmdeploy validate chat.yaml --report sarif:llmdeploy.sarif").code == 0
    [run] = Sarif.model_validate_json((terminal.folder / "llmdeploy.sarif").read_text()).runs
    assert run.results == []


def test_junit_is_xml_whatever_a_spec_says(terminal):
    """YAML can say characters that XML has no way to write."""
    characters = "".join(f"\\u{code:04x}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF))
    terminal.write(ODD, GOOD.replace("vllm", f'"<&]]>{characters}"'))
    outcome = terminal.run(shlex.join(["llmdeploy", "validate", ODD, "--format", "junit"]))
    [suite] = ET.fromstring(outcome.stdout)
    [case] = suite
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert (case.get("file"), case.get("line")) == (ODD, "3")
    assert case.findtext("failure").startswith(f'{ODD}:3:12 framework: "<&]]>')


def test_no_line_of_a_spec_becomes_a_workflow_command(terminal):
    terminal.write("chat.yaml", GOOD.replace("vllm", '"x\\n::add-mask::y\\r\\n::error::100%"'))
    [command] = terminal.run("llmdeploy validate chat.yaml --format github").stdout.splitlines()
    assert command.startswith("::error file=chat.yaml,line=3,col=12,title=spec/framework::framework: ")
    assert '"x%0A::add-mask::y%0D%0A::error::100%25"' in command


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_utf8_is_told_all_the_same(terminal, command, form):
    name = b"chat-\xff.yaml"
    (terminal.folder / os.fsdecode(name)).write_text(BAD)
    ended = subprocess.run(
        [command, "validate", name, "--format", form],
        cwd=terminal.folder,
        env={**terminal.environ, "PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (2, b"")
    assert (b"chat-%FF.yaml" if form == "sarif" else b"chat-") in ended.stdout
    if form in {"json", "codequality"}:
        assert json.loads(ended.stdout)


def test_a_format_that_is_not_asked_for_costs_nothing(terminal):
    terminal.write("chat.yaml", GOOD)
    script = (
        "import sys\nfrom llmdeploy.cli.main import main\n"
        "try:\n    main(['validate', 'chat.yaml', *sys.argv[1:]])\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    loaded = {
        form: subprocess.run(
            [sys.executable, "-c", script, "--format", form],
            cwd=terminal.folder,
            env=terminal.environ,
            capture_output=True,
            text=True,
            check=False,
        ).stderr.split()
        for form in ("text", "junit")
    }
    costly = "llmdeploy.cli.render.reports.junit"
    assert costly in loaded["junit"]
    assert costly not in loaded["text"]


def scanned(terminal, *files):
    """The one run of the SARIF file about some specs."""
    outcome = terminal.run(shlex.join(["llmdeploy", "validate", *files, "--format", "sarif"]))
    [run] = Sarif.model_validate_json(outcome.stdout).runs
    return run


def fingerprints(run):
    """What code scanning knows each alert by."""
    return [result.partial_fingerprints["primaryLocationLineHash"] for result in run.results]
