"""The speed estimate against runs that were looked up after it was made: `python -m bench.speed_published`.

NVIDIA's tables of TensorRT-LLM 0.10 and 0.12 and of NIM 1.8. docs/speed.md says which constants were set with
some of them in view.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median

from bench.speed import POINTS, Point, read_points

from llmdeploy.serving.speed.estimate import estimate

PUBLISHED = POINTS.with_name("published_points.json")


def published() -> list[Point]:
    """The runs, estimated."""
    return read_points(PUBLISHED)


def throughput_table(points: Sequence[Point]) -> str:
    """Output tokens per second of the whole server, published and estimated, as a Markdown table."""
    lines = [
        "| Model | GPUs | Engine | In / out | Published | Estimated | Error |",
        "|---|---|---|---|---|---|---|",
    ]
    for point in points:
        row = point.row
        if row["concurrency"] is not None:
            continue
        cells = [
            row["model"],
            f"{row['gpus']} × {row['gpu']}, {row['quant']}",
            row["engine"],
            f"{row['isl']} / {row['osl']}",
            f"{point.measured * row['gpus']:,.0f}",
            f"{point.estimated * row['gpus']:,.0f}",
            f"{point.error:+.0%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def online_table(points: Sequence[Point]) -> str:
    """Times and throughput at so many requests at once, as a Markdown table."""
    lines = [
        "| Requests at once | TTFT | estimated | TPOT | estimated | Tokens/s | estimated |",
        "|---|---|---|---|---|---|---|",
    ]
    for point in points:
        row = point.row
        if row["concurrency"] is None:
            continue
        found = estimate(point.request)
        cells = [
            str(row["concurrency"]),
            f"{row['ttft_ms'] / 1000:.2f} s",
            f"{found.ttft_p50:.2f} s",
            f"{row['tpot_ms']:.1f} ms",
            f"{found.tpot_p50 * 1000:.1f} ms",
            f"{row['output_tok_s_per_gpu'] * row['gpus']:,.0f}",
            f"{found.output_tokens_per_second:,.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(points: Sequence[Point]) -> str:
    """Median and worst error of the throughput in one line."""
    errors = [abs(point.error) for point in points]
    return f"{len(errors)} runs: median error {median(errors):.0%}, worst {max(errors):.0%}"


def main() -> int:
    """Print both tables and the errors."""
    points = published()
    print(throughput_table(points), online_table(points), summary(points), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
