"""Reviews as data, for `--format json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from llmdeploy.infra.review.model import Review


def document(reviews: Sequence[Review], broken: Sequence[str] = ()) -> dict[str, Any]:
    """One JSON document: `ok`, which conditions hold, and every review whole."""
    return {
        "ok": all(review.ok for review in reviews) and not broken,
        "broken": list(broken),
        "reviews": [_data(review) for review in reviews],
    }


def _data(review: Review) -> dict[str, Any]:
    models = {
        "before": review.before.model_dump(mode="json") if review.before is not None else None,
        "after": review.after.model_dump(mode="json") if review.after is not None else None,
        "decisions": [each.model_dump(mode="json") for each in review.decisions],
    }
    return asdict(review) | models
