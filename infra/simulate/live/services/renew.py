"""Tokens in the gateways' files are put in anew long before they end, as the sidecars of real gateways do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from llmdeploy.infra.provider import files
from llmdeploy.infra.simulate.live.services.configuration import ConfigurationFile, TokenFile
from llmdeploy.infra.simulate.live.services.tokens import Tokens

_EVERY_S: Final = 30.0


async def renewing(file: ConfigurationFile, tokens: Tokens) -> None:
    """Look after the tokens until cancelled."""
    while True:
        for each in file.read().token_files:
            renew(each, tokens)
        await asyncio.sleep(_EVERY_S)


def renew(file: TokenFile, tokens: Tokens, now: float | None = None) -> bool:
    """Whether the file was there and held another token."""
    path = Path(file.path)
    if not path.exists():
        return False
    text = file.text
    for slot, audience in file.slots.items():
        text = text.replace(slot, tokens.current(audience, now))
    return files.write_private(path, text)
