"""Runs a workflow file that users copy: its jobs one after the other, each on a fresh machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from tests.ci.steps.expressions import condition, filled, shown
from tests.ci.steps.machine import ROOT, Machine
from tests.ci.steps.project import Project
from tests.ci.steps.run import Job, Status

WORKFLOWS = ROOT / "ci" / "github" / "workflows"


def run_workflow(
    project: Project,
    name: str,
    event_name: str,
    event: dict[str, Any],
    *,
    sha: str = "",
    more_inputs: Mapping[str, Mapping[str, str]] | None = None,
    artifacts: dict[str, dict[str, bytes]] | None = None,
) -> dict[str, list[Job]]:
    """The jobs that ran, by name; of a matrix several.

    Args:
        sha: the commit that a plain checkout is of.
        artifacts: of the run that a workflow_run waited for.
    """
    workflow = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
    environ = project.environ_of(event_name, sha)
    contexts = {
        "github": {
            "event": event,
            "event_name": event_name,
            "repository": event["repository"]["full_name"],
            "sha": sha,
            "token": project.token,
        },
        "vars": {},
        "secrets": {"LLMDEPLOY_PASSPHRASE": project.passphrase},
        "needs": {},
        "runner": {"temp": "/nowhere"},
    }
    ran: dict[str, list[Job]] = {}
    for job_name, told in workflow["jobs"].items():
        # `needs` names jobs above, all of which ended well or this one would not be begun.
        good = {"success": lambda: True, "fromJSON": json.loads}
        if not condition(told.get("if"), contexts, good):
            continue
        matrix = told.get("strategy", {}).get("matrix", {}).get("include")
        rows = filled(matrix, contexts, good) if matrix else [{}]
        ran[job_name] = [
            _run_job(project, told, contexts | {"matrix": row}, environ, more_inputs or {}, artifacts or {})
            for row in rows
        ]
        if "outputs" in told:
            contexts["needs"][job_name] = {"outputs": _told(told["outputs"], ran[job_name][0])}
    return ran


def _run_job(
    project: Project,
    told: Mapping[str, Any],
    contexts: dict[str, Any],
    environ: dict[str, str],
    more_inputs: Mapping[str, Mapping[str, str]],
    artifacts: dict[str, dict[str, bytes]],
) -> Job:
    project.machines += 1
    folder = project.folder / f"machine-{project.machines}"
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    machine = Machine(folder, workspace, dict(environ), project.origin, artifacts=artifacts)
    (folder / "event.json").write_text(json.dumps(contexts["github"]["event"]))
    env = {name: shown(filled(value, contexts, {})) for name, value in told.get("env", {}).items()}
    job = Job(machine, contexts, env, more_inputs)
    job.status = job.run_steps(told["steps"], {}, None)
    return job


def _told(outputs: Mapping[str, str], job: Job) -> dict[str, str]:
    steps = {name: {"outputs": told} for name, told in job.status.outputs.items()}
    return {
        name: shown(filled(value, {"steps": steps}, Status().functions())) for name, value in outputs.items()
    }
