"""Weights, checked file by file before an engine sees them.

A model is a folder, in S3 or on a volume, with a SHA256SUMS file as `sha256sum` writes it. One digest, of that file, vouches for all
of it. Files that are already there are checked, not fetched again; others are fetched beside their place and moved into it once they
are right, so that a container that dies half way leaves nothing that looks whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Callable

SUMS = "SHA256SUMS"
MOST_FILES = 1000
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
CHUNK = 4 * 1024 * 1024
#: A model's own code, and pickles, which are code.
RUNS_CODE = (".py", ".bin", ".pt", ".pth", ".pkl", ".ckpt")

Fetch = Callable[[str, Path], None]


class WeightsError(Exception):
    """Weights are missing, or not those that were asked for."""


class Stopped(Exception):
    """The container was told to stop while weights were on their way."""


class Weights:
    """Weights of one model, on their way into the container. `stopping` says whether to give up, and is asked often."""

    def __init__(self, source: str, digest: str, models: Path, report: Callable[..., None], stopping: Callable[[], bool]) -> None:
        self.source = source
        self.digest = digest
        self.models = models
        self.report = report
        self.stopping = stopping

    def prepare(self) -> Path:
        """The folder to serve from. Raises WeightsError unless every file in it is as SHA256SUMS says, and Stopped when told to stop."""
        if not self.source.startswith("s3://"):
            folder = Path(self.source)
            _each(_listed(_read(folder / SUMS), self.digest), lambda name, sum_: self._check(folder / name, name, sum_))
            return folder
        folder = self.models / self.digest
        folder.mkdir(parents=True, exist_ok=True)
        fetch = s3_fetch(self.source, self._carry_on)
        self._fetch(fetch, SUMS, folder, self.digest)
        _each(_listed(_read(folder / SUMS), self.digest), lambda name, sum_: self._fetch(fetch, name, folder, sum_))
        return folder

    def _fetch(self, fetch: Fetch, name: str, folder: Path, sum_: str) -> None:
        place = folder / name
        if place.is_file() and self._sum(place) == sum_:
            self.report("weights.kept", file=name)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        # Two containers may share the volume: each writes a file of its own.
        beside = place.with_name(f".{place.name}.{os.urandom(8).hex()}")
        try:
            fetch(name, beside)
            self._check(beside, name, sum_)
            os.replace(beside, place)
        finally:
            beside.unlink(missing_ok=True)
        self.report("weights.fetched", file=name)

    def _check(self, file: Path, name: str, sum_: str) -> None:
        if not file.is_file():
            raise WeightsError(f"{name} is not there.")
        if self._sum(file) != sum_:
            raise WeightsError(f"{name} is not the file {SUMS} names.")

    def _sum(self, file: Path) -> str:
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                self._carry_on()
                digest.update(chunk)
        return digest.hexdigest()

    def _carry_on(self) -> None:
        if self.stopping():
            raise Stopped


def s3_fetch(source: str, carry_on: Callable[[], None]) -> Fetch:
    """Reads objects below `s3://bucket/prefix`, with the container's role. A transfer asks `carry_on` at every part."""
    sys.path.insert(0, str(Path(__file__).parent / "vendor"))
    import boto3
    from botocore.config import Config

    bucket, prefix = source.removeprefix("s3://").split("/", 1)
    config = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "max_attempts": 5})
    client = boto3.client("s3", config=config)
    return lambda name, to: client.download_file(bucket, f"{prefix}/{name}", str(to), Callback=lambda _bytes: carry_on())


def _listed(sums: bytes, digest: str) -> list[tuple[str, str]]:
    if hashlib.sha256(sums).hexdigest() != digest:
        raise WeightsError(f"{SUMS} is not the one MODEL_DIGEST names.")
    files = []
    for line in sums.decode("utf-8").splitlines():
        match = LINE.fullmatch(line)
        path = PurePosixPath(match[2]) if match else None
        if match is None or path is None or path.is_absolute() or ".." in path.parts or path.name == SUMS:
            raise WeightsError(f"{SUMS} has a line that is no digest and relative path.")
        if path.suffix in RUNS_CODE:
            raise WeightsError(f"{path} may run code when it is loaded. Serve weights as safetensors or GGUF.")
        files.append((str(path), match[1]))
    if not 0 < len(files) <= MOST_FILES:
        raise WeightsError(f"{SUMS} lists {len(files)} files, and may list 1 to {MOST_FILES}.")
    return files


def _each(files: list[tuple[str, str]], do: Callable[[str, str], None]) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        for done in [pool.submit(do, name, sum_) for name, sum_ in files]:
            done.result()


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise WeightsError(f"{file} is not there.")
    return file.read_bytes()
