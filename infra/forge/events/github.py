"""GitHub's webhook payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.events.number import number
from llmdeploy.serving.errors import LlmdeployError

_NO_COMMIT = "0" * 40


def github_event(environ: Mapping[str, str]) -> CiEvent:
    """The event of a job of GitHub Actions, from its environment and its event file.

    Raises:
        LlmdeployError: the event file is not there, or not what GitHub writes.
    """
    name, payload = environ["GITHUB_EVENT_NAME"], _payload(environ)
    repository = environ.get("GITHUB_REPOSITORY", "")
    server, run = environ.get("GITHUB_SERVER_URL", "https://github.com"), environ.get("GITHUB_RUN_ID", "")
    event = CiEvent(
        forge="github",
        repository=repository,
        number=None,
        base=None,
        head=environ.get("GITHUB_SHA", ""),
        fork=False,
        run=(number(environ.get("GITHUB_RUN_NUMBER")) or 0, number(environ.get("GITHUB_RUN_ATTEMPT")) or 1),
        run_url=f"{server}/{repository}/actions/runs/{run}",
        default_branch=payload.get("repository", {}).get("default_branch"),
        merged=False,
    )
    try:
        return _told(event, name, payload)
    except (KeyError, TypeError, AttributeError) as error:
        raise LlmdeployError(
            f"the event file of this {name} event is not what GitHub writes: {error} is missing",
            "let the job see the GITHUB_EVENT_PATH that GitHub gives it",
        ) from error


def _told(event: CiEvent, name: str, payload: dict[str, Any]) -> CiEvent:
    match name:
        case "pull_request" | "pull_request_target":
            return _pull_request(event, payload)
        case "workflow_run":
            return _workflow_run(event, payload["workflow_run"])
        case "push":
            before = payload["before"]
            return replace(event, base=None if before == _NO_COMMIT else before, head=payload["after"])
        case "merge_group":
            group = payload["merge_group"]
            return replace(event, base=group["base_sha"], head=group["head_sha"])
        case _:
            return event


def _pull_request(event: CiEvent, payload: dict[str, Any]) -> CiEvent:
    pull = payload["pull_request"]
    head = pull["head"]["repo"] or {"id": None, "full_name": ""}  # a fork can be deleted
    return replace(
        event,
        number=pull["number"],
        base=pull["base"]["sha"],
        head=pull["head"]["sha"],
        fork=head["id"] != pull["base"]["repo"]["id"],
        merged=payload["action"] == "closed" and bool(pull["merged"]),
        head_repository=head["full_name"],
        head_branch=pull["head"]["ref"],
    )


def _workflow_run(event: CiEvent, run: dict[str, Any]) -> CiEvent:
    """The awaited run: it is the one whose comments are put in order."""
    head = run["head_repository"] or {"id": None, "full_name": ""}
    return replace(
        event,
        head=run["head_sha"],
        fork=head["id"] != run["repository"]["id"],
        run=(run["run_number"], run["run_attempt"]),
        run_url=run["html_url"],
        head_repository=head["full_name"],
        head_branch=run["head_branch"] or "",
    )


def _payload(environ: Mapping[str, str]) -> dict[str, Any]:
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        payload = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not JSON"
        raise LlmdeployError(
            f"the event file {path or '(GITHUB_EVENT_PATH)'} cannot be read: {reason}",
            "let the job see the GITHUB_EVENT_PATH that GitHub gives it",
        ) from error
    return payload if isinstance(payload, dict) else {}
