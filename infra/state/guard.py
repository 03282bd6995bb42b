"""The state stays whole when the disk is full."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import damage, kept_aside, state_backups, state_file


@contextmanager
def guarded_state(backend: Backend, project: str, stack: str, note: Callable[[str], None]) -> Iterator[None]:
    """Put the newest whole copy back when the block fails and leaves a damaged state in a file:// backend.

    Pulumi writes a new file and moves it over the old one, but on a full disk it moves an empty one, and then
    copies that over its backup (gocloud.dev/blob/fileblob at v0.46.1 forgets the failed write when it closes
    the file). A second name for the old file costs no space and is out of its way.
    """
    file = state_file(backend, project, stack)
    if file is None or not file.exists() or damage(file) is not None:
        yield
        return
    aside = kept_aside(file)
    # Without hard links there are still Pulumi's own backups.
    with suppress(OSError):
        aside.unlink(missing_ok=True)
        os.link(file, aside)
    try:
        yield
    except BaseException:
        _put_back(file, backend, project, stack, note)
        raise
    finally:
        aside.unlink(missing_ok=True)


def _put_back(file: Path, backend: Backend, project: str, stack: str, note: Callable[[str], None]) -> None:
    if not file.exists() or damage(file) is None:
        return
    backups = state_backups(backend, project, stack)
    if backups:
        backups[0].file.replace(file)
        note(f"the state could not be saved: put back the one of {backups[0].saved:%H:%M:%S}")
