"""`llmdeploy engine`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command


@command("llmdeploy engine install", "llmdeploy engine path")
@click.argument("action", type=click.Choice(["install", "path"]))
def engine(action: str) -> None:
    """Install the Pulumi engine, or print where it is.

    `install` takes the engine on the PATH or in the cache if there is one, else downloads it, else
    builds it with Go (about 5 minutes, once a machine).
    """
    from llmdeploy.infra.home import home_from_environment

    cache = home_from_environment().cache
    if action == "install":
        _install(cache)
    else:
        click.echo(_path(cache))


def _install(cache: Path) -> None:
    from llmdeploy.cli.render.telling import Telling
    from llmdeploy.infra.engine.ensure import ensure_engine

    with Telling() as tell:
        found = ensure_engine(cache, tell)
    click.echo(f"Pulumi engine {found.version}: {found.path}", err=True)


def _path(cache: Path) -> Path:
    from llmdeploy.infra.engine.ensure import find_engine
    from llmdeploy.infra.engine.found import ENGINE_VERSION
    from llmdeploy.infra.errors import EngineMissing

    found = find_engine(cache)
    if found is None:
        raise EngineMissing(ENGINE_VERSION, [("PATH", "none that fits"), (f"cache {cache}", "none")])
    return found.path
