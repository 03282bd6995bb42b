"""Reviewed plans on file, with a hash over all that they say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from llmdeploy.infra.review.reviewed_plan import AGAIN, ReviewedPlan, digest_of_data
from llmdeploy.serving.errors import LlmdeployError

_LARGEST_BYTES: Final = 256 * 1024 * 1024


class PlanFileUnusable(LlmdeployError):
    """The file is no reviewed plan, or was changed."""


def save(plan: ReviewedPlan, file: Path) -> None:
    """Write the file, readable by us only, with a hash over all that it says.

    Raises:
        PlanFileUnusable: it cannot be written.
    """
    body = plan.model_dump(mode="json")
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({"sha256": digest_of_data(body), "reviewed": body}))
        partial.replace(file)
    except OSError as error:
        raise PlanFileUnusable(f"{file} cannot be written: {error.strerror}", "give another path") from error


def load(file: Path) -> ReviewedPlan:
    """Read the file.

    Raises:
        PlanFileUnusable: it cannot be read, is no reviewed plan, or says something else than was written.
    """
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise PlanFileUnusable(f"{file} is too large for a reviewed plan", AGAIN)
        document = json.loads(file.read_bytes())
        plan = ReviewedPlan.model_validate(document["reviewed"])
        whole = document["sha256"] == digest_of_data(document["reviewed"])
    except OSError as error:
        raise PlanFileUnusable(f"{file} cannot be read: {error.strerror}", AGAIN) from error
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise PlanFileUnusable(
            f"{file} is no plan that `preview --save-plan` of this version wrote", AGAIN
        ) from error
    if not whole:
        raise PlanFileUnusable(f"{file} was changed after it was saved: its hash is another", AGAIN)
    return plan
