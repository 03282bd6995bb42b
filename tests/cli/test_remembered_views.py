"""`plan`, `cost` and `advise` remember what they showed, and plan anew when anything it was made of changed.

What is remembered is overwritten with a mark: a command that shows it recalled, one that does not planned.
"""

from __future__ import annotations

import json
import os
import time

import pytest
from tests.infra.hub.hub_server import address, hub_server

from llmdeploy.cli.kept import code
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.kept import kept_file

LOCAL = "name: chat\nmodel: HuggingFaceTB/SmolLM2-135M-Instruct\nframework: vllm\nregions: [local/a]\n"
CLOUD = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
regions: [aws/us-east-1]
environments: {big: {scaling: {min: 2}}}
"""
MARK = "recalled\n"
CONFIG = read_table("models")["meta-llama/Llama-3.1-8B-Instruct"]["config"]
INDEX = {"metadata": {"total_size": 16_060_522_496}, "weight_map": {}}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def home(terminal, tmp_path):
    """The terminal, with a cache that remembers nothing yet, and two specs."""
    terminal.environ["LLMDEPLOY_CACHE"] = str(tmp_path / "cache")
    terminal.write("local.yaml", LOCAL)
    terminal.write("cloud.yaml", CLOUD)
    return terminal


def entries(home):
    return sorted((home.folder.parent / "cache" / "views").glob("*.json"))


def mark(home):
    """Overwrite what is remembered, so that recalling it shows."""
    assert entries(home)
    for entry in entries(home):
        entry.write_text(json.dumps(json.loads(entry.read_text()) | {"text": MARK}))


def planned_and_marked(home, command, **environ):
    """Run a command for the first time, and mark what it left."""
    first = home.run(command, **environ)
    assert (first.code, first.stderr) == (0, "")
    mark(home)
    assert home.run(command, **environ).stdout == MARK
    return first.stdout


@pytest.mark.parametrize(
    "command",
    [
        "plan local.yaml",
        "plan local.yaml --json",
        "plan cloud.yaml",
        "plan cloud.yaml --json",
        "plan cloud.yaml --verbose --env big",
        "cost cloud.yaml --tokens-per-month 1e9",
        "cost cloud.yaml --json",
        "advise cloud.yaml --residency",
        "advise cloud.yaml --json",
    ],
)
def test_the_second_time_says_the_same(home, command):
    first = home.run(f"llmdeploy {command}")
    assert first.code == 0
    assert len(entries(home)) == 1
    assert home.run(f"llmdeploy {command}") == first
    assert planned_and_marked(home, f"llmdeploy {command}") == first.stdout


def test_the_spec_is_planned_anew_when_its_bytes_change(home):
    before = planned_and_marked(home, "llmdeploy plan cloud.yaml")
    home.write("cloud.yaml", CLOUD.replace("8192", "4096"))
    assert "4096 tokens a request" in home.run("llmdeploy plan cloud.yaml").stdout
    home.write("cloud.yaml", CLOUD)
    mark(home)
    assert home.run("llmdeploy plan cloud.yaml").stdout == MARK
    assert "8192 tokens a request" in before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "environ"),
    [
        ("plan cloud.yaml --env big", {}),
        ("plan cloud.yaml --verbose", {}),
        ("plan cloud.yaml --json", {}),
        ("cost cloud.yaml", {}),
        ("advise cloud.yaml", {}),
        ("plan ./../work/cloud.yaml", {}),
        ("plan cloud.yaml", {"COLUMNS": "120"}),
        ("plan cloud.yaml", {"COLORTERM": "truecolor"}),
    ],
)
def test_another_question_has_another_answer(home, command, environ):
    planned_and_marked(home, "llmdeploy plan cloud.yaml")
    other = home.run(f"llmdeploy {command}", **environ)
    assert other.code == 0
    assert other.stdout not in (MARK, "")


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--tokens-per-month 2e9", "--sources", "--operations strong"])
def test_every_option_of_advise_counts(home, option):
    planned_and_marked(home, "llmdeploy advise cloud.yaml")
    assert home.run(f"llmdeploy advise cloud.yaml {option}").stdout != MARK


@pytest.mark.slow
@pytest.mark.parametrize("file", ["prices-aws.json", "refreshed-aws.json"])
def test_own_and_refreshed_prices_count(home, file):
    planned_and_marked(home, "llmdeploy cost cloud.yaml --json")
    for usd in (0.5, 0.6):  # appears, then changes
        table = {
            "regions": {"us-east-1": {"g6.xlarge": {"on-demand": usd}}},
            "sources": [{"source": "a contract", "checked": "2026-11-24"}],
        }
        home.write(f"../home/catalog/{file}", json.dumps(table))
        assert json.loads(home.run("llmdeploy cost cloud.yaml --json").stdout)["rows"][0]["least_usd"] == usd


def test_a_model_that_the_user_described_counts(home):
    planned_and_marked(home, "llmdeploy plan cloud.yaml --json")
    home.write("weights/config.json", json.dumps(CONFIG | {"num_hidden_layers": 16}))
    assert home.run("llmdeploy catalog add meta-llama/Llama-3.1-8B-Instruct weights").code == 0
    anew = home.run("llmdeploy plan cloud.yaml --json").stdout
    assert json.loads(anew)["regions"][0]["hardware"]["memory"]["weights_gib"] < 10


def told_by_the_hub(home, model, revision="main"):
    """Plan a model that the hub alone knows, twice: what came while a plan was made is in none to rely on."""
    revised = f", revision: {revision}" if revision != "main" else ""
    home.write("hub.yaml", CLOUD.replace("meta-llama/Llama-3.1-8B-Instruct", model + revised))
    files = {f"{model}/config.json": CONFIG, f"{model}/model.safetensors.index.json": INDEX}
    with hub_server(files) as serving:
        asked = home.run("llmdeploy plan hub.yaml", HF_ENDPOINT=address(serving))
    assert asked.code == 0
    assert "asking the hub" in asked.stderr
    assert entries(home) == []
    assert planned_and_marked(home, "llmdeploy plan hub.yaml", HF_ENDPOINT=NOWHERE) == asked.stdout
    return kept_file(home.folder.parent / "cache" / "hub", f"{model}@{revision}")


@pytest.mark.slow
def test_what_the_hub_told_counts(home):
    kept = told_by_the_hub(home, "acme/new")
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps(told | {"config": CONFIG | {"num_hidden_layers": 16}}))
    assert home.run("llmdeploy plan hub.yaml", HF_ENDPOINT=NOWHERE).stdout not in ("", MARK)


@pytest.mark.slow
def test_a_branch_of_the_hub_is_asked_again_after_a_day(home):
    kept = told_by_the_hub(home, "acme/new")
    day_ago = time.time() - 25 * 3600
    entry = json.loads(entries(home)[0].read_text())
    assert entry["until"] == pytest.approx(kept.stat().st_mtime + 24 * 3600, abs=1)
    entries(home)[0].write_text(json.dumps(entry | {"until": entry["until"] - 25 * 3600}))
    os.utime(kept, (day_ago, day_ago))
    for _ in range(2):  # an old answer stands in while the hub cannot be reached, and is never relied on
        again = home.run("llmdeploy plan hub.yaml", HF_ENDPOINT=NOWHERE)
        assert "the hub cannot be reached" in again.stderr
        assert again.stdout != MARK


@pytest.mark.slow
def test_a_commit_of_the_hub_is_known_for_good(home):
    told_by_the_hub(home, "acme/new", "a" * 40)
    assert json.loads(entries(home)[0].read_text())["until"] is None


def test_a_draft_model_that_nothing_describes_is_looked_for_again(home):
    drafted = "speculative: {method: draft, model: acme/draft, tokens: 5}\n"
    home.write("cloud.yaml", CLOUD + drafted)
    first = home.run("llmdeploy plan cloud.yaml", HF_ENDPOINT=NOWHERE)
    assert first.code == 0
    assert "not checked or sized" in first.stdout
    assert entries(home) == []


@pytest.mark.slow
def test_this_machine_counts_where_it_serves_and_only_there(home):
    planned_and_marked(home, "llmdeploy plan local.yaml")
    planned_and_marked(home, "llmdeploy plan cloud.yaml")
    changed = {"LLMDEPLOY_VLLM_PYTHON": "/opt/vllm/bin/python"}
    assert home.run("llmdeploy plan cloud.yaml", **changed).stdout == MARK
    assert home.run("llmdeploy plan local.yaml", **changed).stdout != MARK


def test_a_folder_of_this_machine_is_looked_at_each_time(home):
    home.write("weights/config.json", json.dumps(CONFIG))
    home.write("acme/new/config.json", json.dumps(CONFIG))
    for model in (home.folder / "weights", "acme/new"):
        home.write("cloud.yaml", CLOUD.replace("meta-llama/Llama-3.1-8B-Instruct", str(model)))
        home.run("llmdeploy plan cloud.yaml", HF_ENDPOINT=NOWHERE)
        assert entries(home) == []


@pytest.mark.slow
def test_a_folder_that_appears_is_looked_at(home):
    told_by_the_hub(home, "acme/new")
    home.write("acme/new/config.json", json.dumps(CONFIG | {"num_hidden_layers": 16}))
    assert home.run("llmdeploy plan hub.yaml", HF_ENDPOINT=NOWHERE).stdout != MARK


def test_what_cannot_be_planned_is_not_remembered(home):
    home.write("cloud.yaml", CLOUD.replace("vllm", "vlm"))
    first = home.run("llmdeploy plan cloud.yaml")
    assert first.code == 2
    assert home.run("llmdeploy plan cloud.yaml") == first
    assert home.run("llmdeploy cost local.yaml").code != 0
    assert entries(home) == []


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ['{"text": "', "[]", "{}", '{"text": 1, "until": "x"}'])
def test_a_damaged_memory_is_ignored(home, damaged):
    first = home.run("llmdeploy plan cloud.yaml")
    for entry in entries(home):
        entry.write_text(damaged)
    assert home.run("llmdeploy plan cloud.yaml") == first


def test_a_cache_that_cannot_be_written_does_no_harm(home):
    first = home.run("llmdeploy plan cloud.yaml")
    home.write("file", "where a folder should be")
    assert home.run("llmdeploy plan cloud.yaml", LLMDEPLOY_CACHE=str(home.folder / "file")) == first


def test_a_pipe_is_no_spec_and_nothing_waits_for_it(home):
    os.mkfifo(home.folder / "pipe.yaml")
    assert home.run("llmdeploy plan pipe.yaml").code == 2


def test_our_own_code_counts(tmp_path):
    (tmp_path / "rules").mkdir()
    rule = tmp_path / "rules" / "one.py"
    rule.write_text("a")
    known = {code(tmp_path)}
    rule.write_text("bb")
    known.add(code(tmp_path))
    os.utime(rule, (1, 1))
    known.add(code(tmp_path))
    rule.rename(tmp_path / "one.py")
    known.add(code(tmp_path))
    assert len(known) == 4
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.pyc").write_text("compiled")
    assert code(tmp_path) in known
