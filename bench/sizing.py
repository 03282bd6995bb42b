"""Sizing against measured deployments, and its speed: `python -m bench.sizing`.

The points are startup logs that others published; each names its source. Constants that were fitted to them
are fitted again without each point in turn, to show what they are worth on a point unseen.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, linear_regression, median
from typing import Any

from llmdeploy.serving.catalog.gpus import Gpu, gpus
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.sizing import constants
from llmdeploy.serving.sizing.request import SizingRequest
from llmdeploy.serving.sizing.result import Sizing
from llmdeploy.serving.sizing.size import size

POINTS = Path(__file__).parent.parent / "tests" / "serving" / "sizing" / "memory_points.json"
CARDS = {"H100": "h100", "A100-80": "a100-80gb", "A100-40": "a100-40gb", "L40S": "l40s", "L4": "l4"}
V0_RELEASE = "0.6.4"
"""The release of the row that says only `vLLM V0 (late 2024)`."""
REGIONS = 200


@dataclass(frozen=True)
class Point:
    """A measured deployment beside what sizing says of it."""

    row: dict[str, Any]
    request: SizingRequest
    sizing: Sizing

    @property
    def weights_error(self) -> float:
        """Relative error of the weights on one GPU."""
        return float(self.sizing.memory.weights / self.row["weights_gib"] - 1)

    @property
    def tokens_error(self) -> float | None:
        """Relative error of the tokens in the cache; None for a deployment that had none."""
        return self.sizing.kv_tokens / self.row["kv_tokens"] - 1 if self.row["kv_tokens"] else None

    @property
    def ran(self) -> bool:
        """Whether the server started: one request of the full context had room."""
        return (self.row["max_concurrency"] or 0) >= 1


def read_points(path: Path = POINTS) -> list[Point]:
    """Every measured deployment, sized."""
    points = []
    for row in json.loads(path.read_text("utf-8")):
        request = request_of(row)
        points.append(Point(row, request, size(request)))
    return points


def request_of(row: dict[str, Any]) -> SizingRequest:
    """The request that a measured deployment answers."""
    words = row["engine"].split()
    return SizingRequest(
        architecture=model_architecture(row["hf_id"]),
        gpu=_card(row),
        tensor_parallel=row["tp"],
        pipeline_parallel=row["pp"],
        version=V0_RELEASE if words[1] == "V0" else words[1],
        context_length=row["max_model_len"],
        utilisation=row["gpu_mem_util"],
        max_batched_tokens=row["max_num_batched_tokens"],
    )


def _card(row: dict[str, Any]) -> Gpu:
    name = next((found for label, found in CARDS.items() if label in row["gpu"]), None)
    if name is not None:
        return gpus()[name]
    return replace(gpus()["a10g"], name=row["gpu"], usable_gib=row["gpu_total_gib"])


def points_table(points: Sequence[Point]) -> str:
    """The errors of every point as a Markdown table; sizes in GiB on one GPU, as measured → as sized."""
    lines = [
        "| Model | GPUs | vLLM | Weights | Error | Activation | Cache | Tokens | Error | Starts |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for point in points:
        row, found = point.row, point.sizing
        tokens = "" if point.tokens_error is None else f"{point.tokens_error:+.2%}"
        cells = [
            row["hf_id"].rpartition("/")[2],
            f"{row['tp']} × {row['gpu'].split('(')[0].strip()}",
            row["engine"].removeprefix("vLLM "),
            f"{row['weights_gib']:.2f} → {found.memory.weights:.2f}",
            f"{point.weights_error:+.2%}",
            _pair(row["activation_peak_gib"], found.memory.activation),
            _pair(row["kv_gib"], found.kv_gib),
            f"{row['kv_tokens']:,} → {found.kv_tokens:,}",
            tokens,
            f"{_word(point.ran)} → {_word(found.fits)}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(points: Sequence[Point]) -> str:
    """Median and worst errors in one line."""
    weights = [abs(point.weights_error) for point in points]
    tokens = [abs(point.tokens_error) for point in points if point.tokens_error is not None]
    right = sum(point.ran == point.sizing.fits for point in points)
    return (
        f"weights: median {median(weights):.2%}, worst {max(weights):.2%}; "
        f"tokens: median {median(tokens):.2%}, worst {max(tokens):.2%}; "
        f"starts or not: {right} of {len(points)} right"
    )


def left_out(points: Sequence[Point]) -> str:
    """The tokens' errors when the fitted constants come from the other points only."""
    chosen = [point for point in points if point.sizing.measured]
    errors = [
        abs(_refitted_error(point, [other for other in chosen if other is not point])) for point in chosen
    ]
    middle, worst = median(errors), max(errors)
    return f"each left out in turn, {len(errors)} points: tokens median {middle:.2%}, worst {worst:.2%}"


def _refitted_error(point: Point, others: Sequence[Point]) -> float:
    """Sampler slope, workspace and memory outside PyTorch are fitted again; weights have nothing fitted."""
    fit = linear_regression(
        [_logits_gib(other) for other in others], [_fitted_part(other) for other in others]
    )
    activation = fit.slope * _logits_gib(point) + fit.intercept
    alike = [other for other in others if (other.row["tp"] > 1) == (point.row["tp"] > 1)]
    outside = fmean(other.row["non_torch_gib"] for other in alike)
    sampler = constants.SAMPLER_BYTES * _logits_gib(point) + constants.WORKSPACE_GIB
    moved = sampler - activation + point.sizing.memory.non_torch - outside
    tokens = point.sizing.kv_tokens * (1 + moved / point.sizing.kv_gib)
    return float(tokens / point.row["kv_tokens"] - 1)


def _logits_gib(point: Point) -> float:
    """GiB of one byte for every sequence and vocabulary entry."""
    return point.request.batch[0] * point.request.architecture.vocabulary / constants.GIB


def _fitted_part(point: Point) -> float:
    """The measured activation less what the model says apart from slope and intercept."""
    sampler = constants.SAMPLER_BYTES * _logits_gib(point) + constants.WORKSPACE_GIB
    return float(point.row["activation_peak_gib"] - point.sizing.memory.activation + sampler)


def speed() -> str:
    """Seconds to size one model for every GPU and count in many regions."""
    architecture = model_architecture("deepseek-ai/DeepSeek-R1")
    size.cache_clear()
    start, asked = time.perf_counter(), 0
    for _ in range(REGIONS):
        for gpu in gpus().values():
            for count in (1, 2, 4, 8):
                size(SizingRequest(architecture, gpu, count, context_length=32_768))
                asked += 1
    took = time.perf_counter() - start
    return f"{asked:,} sizings ({REGIONS} regions × {asked // REGIONS} choices) in {took:.3f} s"


def _pair(measured: float | None, sized: float) -> str:
    return f"{'' if measured is None else f'{measured:.2f} '}→ {sized:.2f}"


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def main() -> int:
    """Print the table, the errors and the speed."""
    points = read_points()
    print(points_table(points), summary(points), left_out(points), speed(), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
