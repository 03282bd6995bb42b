"""How the shells' completion scripts reach the command."""

from __future__ import annotations

from typing import Final

NAME: Final = "llmdeploy"
COMPLETION_VARIABLE: Final = "_LLMDEPLOY_COMPLETE"
"""click's convention: the program's name in upper case, in the environment of a call that completes."""
