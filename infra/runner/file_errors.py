"""What the system says about our own files, as errors of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from llmdeploy.infra.errors import DiskFull, HomeUnusable
from llmdeploy.infra.home import Home


@contextmanager
def file_errors(home: Home) -> Iterator[None]:
    """Turn a failed read or write in the home or the cache into DiskFull or HomeUnusable."""
    try:
        yield
    except BrokenPipeError:
        # Not a file: whoever read our output has gone.
        raise
    except OSError as error:
        where = error.filename or f"{home.root} or {home.cache}"
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(
                f"{where}: no space left", "free some space and run the same command again"
            ) from error
        raise HomeUnusable(
            f"{where}: {error.strerror}", "mend its permissions, or set LLMDEPLOY_HOME and LLMDEPLOY_CACHE"
        ) from error
