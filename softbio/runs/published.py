"""Published weights of networks: which file, where it lies on this machine, or whence it comes.

Nothing here needs Keras, so that a run whose weights are missing is refused when it is made. A file
is used only if it has the hash that Keras publishes for it, which is an MD5: no SHA-256 is
published.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import threading
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from softbio.config import NetworkConfig
from softbio.errors import ConfigError
from softbio.runs.files import replacing

__all__ = ["PUBLISHED", "PublishedWeights", "check", "fetch", "folders", "published"]

_SERVER = "https://storage.googleapis.com/tensorflow/keras-applications"
#: Seconds that the server has for an answer, and for each piece of a file.
_PATIENCE = 5.0
_PIECE_PATIENCE = 30.0
_PIECE = 1 << 20
#: Bytes of which no published file has as many.
_LARGEST = 1 << 29


@dataclass(frozen=True)
class PublishedWeights:
    """A file of weights learnt on ImageNet, without the last layer.

    Attributes
    ----------
    network : str
    file : str
        Its name, as published.
    folder : str
        On the server.
    md5 : str
        Of its bytes, in hexadecimal: as in keras/src/applications of Keras 3.15.
    """

    network: str
    file: str
    folder: str
    md5: str

    @property
    def address(self) -> str:
        """Where it is published."""
        return f"{_SERVER}/{self.folder}/{self.file}"


_RESNET50 = PublishedWeights(
    "resnet50",
    "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "resnet",
    "4d473c1dd8becc155b73f8504c6f6626",
)
#: By the name of the network.
PUBLISHED: dict[str, PublishedWeights] = {
    "resnet50": _RESNET50,
    "report_resnet50": _RESNET50,
    "mobilenet_v3_small": PublishedWeights(
        "mobilenet_v3_small",
        "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        "mobilenet_v3",
        "d3e8ec802a04aa4fc771ee12a9a9b836",
    ),
    "efficientnet_v2_b0": PublishedWeights(
        "efficientnet_v2_b0",
        "efficientnetv2-b0_notop.h5",
        "efficientnet_v2",
        "893217f2bb855e2983157299931e43ff",
    ),
}


def published(config: NetworkConfig) -> PublishedWeights | None:
    """Return the weights that a network begins with, or None where they are drawn by the seed."""
    return PUBLISHED.get(config.name) if config.weights == "imagenet" else None


def folders() -> tuple[Path, Path]:
    """Return where files of weights are looked for: a folder of ours, then Keras's own cache.

    Ours is ``$SOFTBIO_WEIGHTS``, by default ``pretrained`` beside the runs, that is in
    ``$SOFTBIO_MODELS`` or ``models``; Keras's is the folder ``models`` in ``$KERAS_HOME``, by
    default in ``~/.keras``.
    """
    beside_runs = Path(os.environ.get("SOFTBIO_MODELS") or "models") / "pretrained"
    ours = os.environ.get("SOFTBIO_WEIGHTS") or beside_runs
    kerass = os.environ.get("KERAS_HOME") or "~/.keras"
    return Path(ours).expanduser(), Path(kerass).expanduser() / "models"


def check(config: NetworkConfig) -> None:
    """Raise `ConfigError` where a network's published weights cannot be had.

    That is where they are not on this machine and their server does not answer within seconds.
    Nothing is downloaded.
    """
    wanted = published(config)
    if wanted is not None and _found(wanted) is None and not _answers(wanted.address):
        raise _missing(wanted)


def fetch(wanted: PublishedWeights) -> Path:
    """Return the file of published weights, downloaded into Keras's cache where it is missing.

    Raises
    ------
    ConfigError
        If it is not on this machine and cannot be downloaded.
    """
    found = _found(wanted)
    if found is not None:
        return found
    if not _answers(wanted.address):
        raise _missing(wanted)
    path = folders()[1] / wanted.file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as sibling:
            _download(wanted.address, sibling)
            if _md5(sibling) != wanted.md5:
                raise ConfigError(
                    f"What {wanted.address} sends is not the published file. " + _remedy(wanted)
                )
    except (OSError, http.client.HTTPException):
        raise _missing(wanted) from None
    return path


def _found(wanted: PublishedWeights) -> Path | None:
    for folder in folders():
        path = folder / wanted.file
        if path.is_file() and _md5(path) == wanted.md5:
            return path
    return None


def _missing(wanted: PublishedWeights) -> ConfigError:
    damaged = [str(path) for path in (f / wanted.file for f in folders()) if path.is_file()]
    if damaged:
        return ConfigError(
            f"{damaged[0]} is damaged: its MD5 is not the published {wanted.md5}. "
            + _remedy(wanted)
        )
    return ConfigError(
        f"The weights of {wanted.network} learnt on ImageNet are not on this machine and cannot be "
        "downloaded. " + _remedy(wanted)
    )


def _remedy(wanted: PublishedWeights) -> str:
    return (
        f"Put the file {wanted.file} from {wanted.address} into the folder {folders()[0]}, "
        "or choose network.weights=none."
    )


def _answers(address: str) -> bool:
    """Return whether the server has the file, in seconds: looking up a name has no limit itself."""
    answered = threading.Event()

    def ask() -> None:
        try:
            request = urllib.request.Request(address, method="HEAD")
            with urllib.request.urlopen(request, timeout=_PATIENCE):
                answered.set()
        except (OSError, ValueError, http.client.HTTPException):
            pass

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return answered.is_set()


def _download(address: str, path: Path) -> None:
    with (
        urllib.request.urlopen(address, timeout=_PIECE_PATIENCE) as answer,
        path.open("wb") as file,
    ):
        while (piece := answer.read(_PIECE)) and file.tell() <= _LARGEST:
            file.write(piece)


def _md5(path: Path) -> str:
    stat = path.stat()
    return _md5_of(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=16)
def _md5_of(path: Path, size: int, changed: int) -> str:
    """Return the MD5 of a file's bytes; read again only where its size or time has changed."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
