"""Which specs a change touches, in which clouds each is reviewed, and whether its plans are kept."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.ci.steps.machine import COMMAND
from tests.ci.steps.pull_request import PullRequest
from tests.ci.steps.specs import spec

from llmdeploy.cli.ci.touched import Touched
from llmdeploy.cli.ci.where import chosen_where

LOCAL = """\
name: here
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [local/a]
"""
DEV = "environments: {dev: {regions: [aws/us-west-2]}}\n"


def changed(project, *options):
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(project.folder)}
    told = subprocess.run(
        [COMMAND, "ci", "changed", "--json", *options],
        cwd=project.origin,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_changed_specs_are_rows_of_a_matrix(project):
    project.commit(
        {"kept.yaml": spec("kept"), "old.yaml": spec("moved"), "gone.yaml": spec("gone", more=DEV)}
    )
    project.commit(
        {
            "old.yaml": None,
            "new/place.yaml": spec("moved"),
            "gone.yaml": None,
            "broken.yaml": "model: [\nregions: 1\n",
            "settings.yaml": "some: settings\n",
        },
        "change",
    )
    assert changed(project, "--base", "main") == [
        {"spec": "broken.yaml", "stack": "broken", "environment": "", "deleted": False},
        {"spec": "gone.yaml", "stack": "gone", "environment": "", "deleted": True},
        {"spec": "new/place.yaml", "stack": "moved", "environment": "", "deleted": False},
    ]
    deleted = next(row for row in changed(project, "--base", "main", "--env", "dev") if row["deleted"])
    assert deleted == {"spec": "gone.yaml", "stack": "gone-dev", "environment": "dev", "deleted": True}


AWS = Touched(Path("a.yaml"), "a", "", frozenset({"aws"}))
GCP = Touched(Path("g.yaml"), "g", "", frozenset({"gcp"}))
HERE = Touched(Path("h.yaml"), "h", "")


def without(*clouds):
    return lambda asked: tuple(cloud.upper() for cloud in asked if cloud in clouds)


@pytest.mark.parametrize(
    ("asked", "fork", "missing", "simulated"),
    [
        (None, False, without(), ()),
        (None, False, without("gcp"), (GCP,)),
        (None, False, without("aws", "gcp"), (AWS, GCP)),
        (None, True, without(), (AWS, GCP, HERE)),
        (True, False, without(), (AWS, GCP, HERE)),
        (False, True, without("aws"), ()),
    ],
)
def test_what_cannot_be_asked_is_simulated(asked, fork, missing, simulated):
    where = chosen_where((AWS, GCP, HERE), asked=asked, fork=fork, missing=missing)
    assert where.simulated == simulated
    assert set(where.real) == {AWS, GCP, HERE} - set(simulated)
    said = where.first.startswith("**Simulated")
    assert said == (asked is None and bool(simulated)), "what was asked for needs no reason"


def test_which_specs_are_simulated_is_told_where_others_are_not():
    where = chosen_where((AWS, GCP), asked=None, fork=False, missing=without("gcp"))
    assert where.first.startswith("**Simulated (`g.yaml`):** this run has no credentials of GCP.")


@pytest.mark.engine
def test_plans_are_kept_only_where_their_secrets_are_encrypted(project, github):
    pull = PullRequest(project, github)
    pull.push({"here.yaml": LOCAL, "llmdeploy-review/plans/forged.plan.json": "{}"})
    kept = pull.preview()
    assert list(kept.machine.artifacts["llmdeploy-plans"]) == ["here.plan.json"]
    assert "Simulated" not in pull.comments()[0], "this machine needs no credentials"
    project.passphrase = ""
    lost = pull.preview()
    assert not lost.status.failed, lost.machine.log
    assert "No reviewed plans are kept" in lost.machine.log
    assert "llmdeploy-plans" not in lost.machine.artifacts
