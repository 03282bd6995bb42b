"""`llmdeploy init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.render.schema import schema_text
from llmdeploy.cli.starter import DEFAULTS, FRAMEWORKS, SCHEMA_FILE, Starter, starter_text
from llmdeploy.serving.errors import LlmdeployError


@command(
    "llmdeploy init",
    "llmdeploy init --name chat --region local/a --region local/b",
    "llmdeploy init --name big --model Qwen/Qwen2.5-7B-Instruct --framework vllm --region aws/us-east-1",
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--name", help=f"Name of the deployment. Default: {DEFAULTS.name}.")
@click.option("--model", metavar="ID", help=f"Hub id, URL or folder. Default: {DEFAULTS.model}.")
@click.option("--framework", type=click.Choice(FRAMEWORKS), help=f"Default: {DEFAULTS.framework}.")
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="As local/a or aws/us-east-1; repeat for more.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(
    path: Path | None,
    name: str | None,
    model: str | None,
    framework: str | None,
    regions: tuple[str, ...],
    force: bool,
) -> None:
    """Write a commented spec to PATH (default: NAME.yaml), and its JSON Schema beside it.

    Asks for what the options leave open, on a terminal; elsewhere takes the defaults, which run on this
    machine.
    """
    asks = sys.stdin.isatty()
    answers = Starter(
        name=name or _ask("Name of the deployment", DEFAULTS.name, asks),
        model=model or _ask("Model (hub id, s3:// or gs:// URL, folder)", DEFAULTS.model, asks),
        framework=framework or _ask("Framework", DEFAULTS.framework, asks, click.Choice(FRAMEWORKS)),
        regions=regions or tuple(_ask("Regions", " ".join(DEFAULTS.regions), asks).replace(",", " ").split()),
    )
    path = path or Path(f"{answers.name}.yaml")
    text = _checked(answers, path)
    _write(path, text, force=force)
    _write(path.with_name(SCHEMA_FILE), schema_text(), force=True)
    click.echo(f"Wrote {path}, and {SCHEMA_FILE} for your editor. Next:", err=True)
    click.echo(f"  llmdeploy plan {path}\n  llmdeploy up {path}", err=True)


def _ask(question: str, default: str, asks: bool, kind: click.Choice[str] | None = None) -> str:
    return str(click.prompt(question, default=default, type=kind, err=True)) if asks else default


def _checked(answers: Starter, path: Path) -> str:
    from llmdeploy.serving.load import parse_spec

    text = starter_text(answers)
    parse_spec(text, str(path))
    return text


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise LlmdeployError(
            f"{path} is already there", "--force writes over it, PATH names another"
        ) from error
    except OSError as error:
        raise LlmdeployError(f"{path} cannot be written: {error.strerror}", "give another path") from error
