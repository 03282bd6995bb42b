"""Import jobs: begun once, found again by a later run, waited for with progress. Bedrock has no call that
ends one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.bedrock.refusal import failed_mend
from llmdeploy.infra.provider.errors import ServiceRefused
from llmdeploy.infra.provider.long_jobs import by_its_clock, looks
from llmdeploy.infra.provider.work import Work

IMPORT_S: Final = 8 * 3600.0
"""An import takes minutes to hours by the size of the weights; a working day for the largest."""
LONGEST_LOOK_S: Final = 15.0
"""Between two looks at a job that takes minutes at least."""
UNDER_WAY, DONE = "InProgress", "Completed"
"""ModelImportJobStatus; the third is Failed."""
_PAGE: Final = 1000


class ImportFailed(ServiceRefused):
    """The job has ended without a model."""


def jobs_of(amazon: Amazon, location: str, model: str, work: Work) -> list[dict[str, Any]]:
    """All jobs that were to make a model of this name, the newest first."""
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"nameContains": model, "maxResults": _PAGE}
    while True:
        page = amazon.call(location, "list_model_import_jobs", work, **asked)
        found += page.get("modelImportJobSummaries", [])
        if not page.get("nextToken"):
            break
        asked["nextToken"] = page["nextToken"]
    mine = [each for each in found if each.get("importedModelName") == model]
    return sorted(mine, key=lambda each: each["creationTime"], reverse=True)


def begin(
    amazon: Amazon, location: str, model: str, request: Mapping[str, Any], earlier: int, work: Work
) -> str:
    """Begin one; its ARN. The token makes one job of a call that is tried again.

    Args:
        request: what CreateModelImportJob takes besides names.
        earlier: jobs that there were before it.
    """
    # A name of a job is given once; that of one that failed too.
    name = f"{model}-{earlier + 1}"
    made = amazon.call(
        location,
        "create_model_import_job",
        work,
        jobName=name,
        importedModelName=model,
        clientRequestToken=name,
        **request,
    )
    return str(made["jobArn"])


def finished(amazon: Amazon, location: str, arn: str, what: str, source: str, work: Work) -> str:
    """The ARN of the imported model, once the job has ended.

    Args:
        what: is imported, for the lines of progress.

    Raises:
        ImportFailed: the job has failed.
        ServiceRefused: it did not end in time.
        Cancelled: the user interrupted.
    """
    job: dict[str, Any] = {}
    for _ in looks(work, IMPORT_S, LONGEST_LOOK_S, lambda: f"{what}{_by_its_clock(job)}"):
        job.update(amazon.call(location, "get_model_import_job", work, jobIdentifier=arn))
        if job["status"] != UNDER_WAY:
            return _ended(job, what, source)
    raise ServiceRefused(
        f"{what} has not ended after {IMPORT_S / 3600:.0f} hours",
        "run the same command again: it goes on waiting",
    )


def _ended(job: Mapping[str, Any], what: str, source: str) -> str:
    if job["status"] == DONE and job.get("importedModelArn"):
        return str(job["importedModelArn"])
    said = " ".join(str(job.get("failureMessage") or "no reason given").split())
    raise ImportFailed(f"{what} failed: {said}", failed_mend(said, source))


def _by_its_clock(job: Mapping[str, Any]) -> str:
    """How old it is, where it says."""
    began, told = job.get("creationTime"), job.get("lastModifiedTime")
    if not isinstance(began, datetime) or not isinstance(told, datetime):
        return ""
    return by_its_clock(began, told)
