"""What the shell offers for specs, environments and regions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


def complete_spec(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """YAML files and folders that begin with what was typed."""
    folder, _, start = incomplete.rpartition("/")
    base = Path(folder or ("/" if incomplete.startswith("/") else "."))
    prefix = incomplete[: len(incomplete) - len(start)]
    found = []
    for path in _entries(base):
        if not path.name.startswith(start) or (path.name.startswith(".") and not start.startswith(".")):
            continue
        if path.is_dir():
            found.append(f"{prefix}{path.name}/")
        elif path.suffix in {".yaml", ".yml"}:
            found.append(f"{prefix}{path.name}")
    return sorted(found)


def complete_revision(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Branches and tags of the git repository around this folder."""
    from llmdeploy.infra.revision.git import RevisionUnusable, revisions

    try:
        return [name for name in revisions(Path()) if name.startswith(incomplete)]
    except RevisionUnusable:
        return []


def complete_condition(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Conditions of `--fail-on`, after those that are there already."""
    from llmdeploy.infra.review.conditions import CONDITIONS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in CONDITIONS if name.startswith(last)]


def complete_environment(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The environments of the spec that was named before."""
    environments = _spec(ctx).get("environments")
    names = environments if isinstance(environments, dict) else {}
    return [str(name) for name in names if str(name).startswith(incomplete)]


def complete_region(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The regions of the spec that was named before, in the environment that was named."""
    spec = _spec(ctx)
    environments = spec.get("environments")
    overlay = environments.get(ctx.params.get("environment")) if isinstance(environments, dict) else None
    overlaid = overlay.get("regions") if isinstance(overlay, dict) else None
    regions = overlaid or spec.get("regions")
    names = map(_region_name, regions if isinstance(regions, list) else [])
    return [name for name in names if name.startswith(incomplete)]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _region_name(region: Any) -> str:
    return str(region.get("name", "")) if isinstance(region, dict) else str(region)


def _spec(ctx: click.Context) -> dict[str, Any]:
    import yaml

    # An option that still lacks its value keeps click from giving the arguments their names.
    path = ctx.params.get("spec") or next(iter(ctx.args), None)
    # Whatever is wrong with the file, completion offers nothing and says nothing.
    try:
        content = yaml.safe_load(Path(path).read_bytes()) if path else None
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
