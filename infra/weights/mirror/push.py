"""Mirrors one model into buckets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from llmdeploy.infra.weights.mirror.bucket import Bucket
from llmdeploy.infra.weights.mirror.errors import SourceUnusable
from llmdeploy.infra.weights.mirror.manifest import MirroredFile
from llmdeploy.infra.weights.mirror.meter import Meter, Progress
from llmdeploy.infra.weights.mirror.source import Source, SourceFile, sha256_of
from llmdeploy.infra.weights.mirror.target import Pushed, Target

PARALLEL = 4
"""Files at a time: with parts of 64 MiB, a quarter of a GiB of memory."""


def push(
    source: Source,
    prefix: str,
    buckets: Mapping[str, Bucket],
    tell: Callable[[Progress], object],
    parallel: int = PARALLEL,
) -> tuple[Pushed, ...]:
    """Bring a model into the bucket of each region. Only what is not there is sent; last comes the note that
    it is whole.

    Killed at any moment, it leaves a bucket in which nodes see either the whole model or none; the next push
    goes on where it was.

    Args:
        buckets: by region.
        tell: how far it has come, at least every two seconds.

    Raises:
        MirrorFailed: the source or a bucket; the first that failed.
    """
    begin = time.monotonic()
    wanted = source.files()
    targets = [Target(region, bucket, prefix) for region, bucket in buckets.items()]
    size = sum(file.size for file in wanted)
    with Meter(tell, len(wanted) * len(targets), size * len(targets)) as meter:
        mirrored = _each(wanted, lambda file: _mirror(source, file, targets, meter), meter, parallel)
        for target in targets:
            target.finish(mirrored)
    seconds = time.monotonic() - begin
    return tuple(target.pushed(wanted, seconds) for target in targets)


def _each(
    files: Sequence[SourceFile],
    work: Callable[[SourceFile], MirroredFile],
    meter: Meter,
    parallel: int,
) -> list[MirroredFile]:
    """All files, some at a time. A failure or Ctrl-C stops the others at their next part."""
    pool = ThreadPoolExecutor(parallel, thread_name_prefix="mirror")
    try:
        return [future.result() for future in as_completed([pool.submit(work, file) for file in files])]
    except BaseException:
        meter.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _mirror(source: Source, file: SourceFile, targets: Sequence[Target], meter: Meter) -> MirroredFile:
    if file.sha256 is not None and all(target.has(file, file.sha256) for target in targets):
        for _ in targets:
            meter.file_done(file.size)
        return MirroredFile(file.path, file.size, file.sha256)
    with source.opened(file) as path:
        sha256 = sha256_of(path)
        if file.sha256 not in (None, sha256):
            raise SourceUnusable(f"{file.path} is not what the hub says: its sha256 differs", "push again")
        for target in targets:
            if target.has(file, sha256):
                meter.file_done(file.size)
            else:
                target.send(file, path, sha256, meter.arrived)
                meter.file_done(0)
    return MirroredFile(file.path, file.size, sha256)
