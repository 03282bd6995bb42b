"""`llmdeploy completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from llmdeploy.cli.command import command
from llmdeploy.cli.completion_variable import COMPLETION_VARIABLE, NAME

_HOW = {
    "bash": 'eval "$(llmdeploy completion bash)"',
    "zsh": 'eval "$(llmdeploy completion zsh)"',
    "fish": "llmdeploy completion fish > ~/.config/fish/completions/llmdeploy.fish",
}


@command(*_HOW.values())
@click.argument("shell", type=click.Choice(list(_HOW)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell; load it from the shell's start file."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"No completion for {shell}.")
    click.echo(found(ctx.find_root().command, {}, NAME, COMPLETION_VARIABLE).source())
