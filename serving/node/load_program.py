"""The awk program that reads a replica's load from its metrics page."""

from __future__ import annotations

from llmdeploy.serving.metrics.places import Place, names_of


def load_program(metrics: str) -> str:
    """Prints the requests that an engine runs and those that wait, added up; fails when it tells neither.

    Args:
        metrics: a row of serving/metrics/names.yaml. Of several spellings the first one present counts.

    Raises:
        KeyError: there is no such row.
    """
    names = names_of(metrics)
    kinds = {"running": names.running, "waiting": names.waiting}
    rules = [
        f'{_pattern(place)} {{ total["{kind}", {index}] += $NF; seen["{kind}", {index}] = 1 }}'
        for kind, places in kinds.items()
        for index, place in enumerate(places)
    ]
    most = max(len(places) for places in kinds.values())
    return "\n".join(
        (
            *rules,
            "function first(kind,  i) {",
            f"  for (i = 0; i < {most}; i++) if ((kind, i) in seen) {{ found = 1; return total[kind, i] }}",
            "  return 0",
            "}",
            'END { sum = first("running") + first("waiting"); if (!found) exit 1; print sum }',
            "",
        )
    )


def _pattern(place: Place) -> str:
    conditions = [f"/^{place.name}[{{ ]/"]
    conditions += [f'index($0, "{label}=\\"{value}\\"")' for label, value in place.labels.items()]
    return " && ".join(conditions)
