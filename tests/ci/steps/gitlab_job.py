"""Runs a job of our GitLab file as GitLab's runner does: one script of all its lines, in a fresh checkout."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml
from tests.ci.steps.machine import COMMAND, ROOT
from tests.ci.steps.project import Project

FILE = ROOT / "ci" / "gitlab" / "llmdeploy.gitlab-ci.yml"
_PYTHON = f"""#!/bin/bash
# Stands for the image's Python: what pip would install is there already.
set -e
mkdir -p "$3/bin"
printf '#!/bin/bash\\n' > "$3/bin/pip"
chmod +x "$3/bin/pip"
ln -s {COMMAND} "$3/bin/llmdeploy"
"""
_VARIABLE = re.compile(r"\$(\w+)")


@dataclass
class Ended:
    """What a job left."""

    code: int
    log: str
    folder: Path

    def files(self, below: str) -> dict[str, bytes]:
        """Its artifacts, by their paths in the archive."""
        found = sorted((self.folder / below).rglob("*"))
        return {str(each.relative_to(self.folder)): each.read_bytes() for each in found if each.is_file()}


def run_gitlab_job(project: Project, name: str, commit: str, told: dict[str, str], *, add: str = "") -> Ended:
    """Run a job.

    Args:
        told: what GitLab says of the run.
        add: options that its last line gets besides.
    """
    everything = yaml.safe_load(FILE.read_text())
    job = everything[".llmdeploy"] | everything[name]
    project.machines += 1
    folder = project.folder / f"machine-{project.machines}"
    subprocess.run(["git", "clone", "--quiet", project.origin, folder], check=True)
    subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=folder, check=True)
    programs = project.folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "python").write_text(_PYTHON)
    (programs / "python").chmod(0o755)
    environ = {
        "HOME": str(project.folder),
        "PATH": f"{programs}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(folder),
        "CI_PROJECT_ID": "42",
        "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_SHA": commit,
        "CI_PIPELINE_IID": str(project.machines),
        "CI_JOB_ID": str(1000 + project.machines),
        "CI_PIPELINE_URL": f"https://gitlab.com/acme/serving/-/pipelines/{project.machines}",
        "PULUMI_CONFIG_PASSPHRASE": project.passphrase,
        **told,
    }
    for variables in (everything["variables"], job["variables"]):
        for variable, value in variables.items():
            environ[variable] = _VARIABLE.sub(lambda found: environ.get(found[1], ""), value)
    shared = os.environ.get("LLMDEPLOY_CACHE", str(Path.home() / ".cache" / "llmdeploy"))
    environ |= {
        "LLMDEPLOY_CACHE": shared,
        "LLMDEPLOY_HOME": str(project.folder / "home"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_GCE_CHECK": "true",
    }
    lines = [*job["before_script"], *job["script"]]
    lines[-1] += f" {add}"
    ended = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, folder)
