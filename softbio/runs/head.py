"""Head: a last layer that was fitted anew, and its file ``head.npz``."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from softbio.errors import RunError
from softbio.runs.files import sha256_of, write_atomically

if TYPE_CHECKING:
    from softbio.runs.run import Run

__all__ = ["HEAD_FILE", "Head", "run_head"]

#: Name of the file in a refit's folder.
HEAD_FILE = "head.npz"

#: Rows that are brought to float32 at once.
_BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class Head:
    """The last layer of a network: a logit from the layer's inputs.

    Attributes
    ----------
    kernel : ndarray, shape (D,), float32
    bias : float
        With the `offset` in it.
    offset : float
        What was added to the fitted bias for a target prevalence; 0 without one.
    iterations : int
        Steps that the fit took.
    converged : bool
        Whether another step would no longer have moved any score of the fitted faces.
    loss : float
        Weighted mean loss of the fitted faces, before the offset and without L2.
    """

    kernel: np.ndarray
    bias: float
    offset: float = 0.0
    iterations: int = 0
    converged: bool = True
    loss: float = float("nan")

    def __post_init__(self) -> None:
        kernel = np.asarray(self.kernel, dtype=np.float32)
        if kernel.ndim != 1 or not len(kernel):
            raise ValueError(f"a head's kernel has the shape (D,), not {kernel.shape}")
        if not (np.isfinite(kernel).all() and np.isfinite([self.bias, self.offset]).all()):
            raise ValueError("a head's kernel, bias and offset must be finite")
        object.__setattr__(self, "kernel", kernel)

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return the probability of label 1 of each face.

        Parameters
        ----------
        values : ndarray or memmap, shape (n, D)
            Inputs of the last layer, float16 or float32; read piece by piece.

        Returns
        -------
        ndarray, shape (n,), float32

        Raises
        ------
        ValueError
            If the values have another width than the kernel.
        """
        if values.ndim != 2 or values.shape[1] != len(self.kernel):
            raise ValueError(f"values {values.shape} do not fit a kernel of {len(self.kernel)}")
        logits = np.empty(len(values), dtype=np.float64)
        for start in range(0, len(values), _BLOCK):
            block = np.asarray(values[start : start + _BLOCK], dtype=np.float32)
            logits[start : start + _BLOCK] = block @ self.kernel
        return (0.5 * (1.0 + np.tanh(0.5 * (logits + self.bias)))).astype(np.float32)

    def save(self, path: Path) -> str:
        """Write the head as a ``head.npz``, whole or not at all; return the file's SHA-256."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            kernel=self.kernel,
            bias=np.float64(self.bias),
            offset=np.float64(self.offset),
            iterations=np.int64(self.iterations),
            converged=np.bool_(self.converged),
            loss=np.float64(self.loss),
        )
        write_atomically(path, buffer.getvalue())
        return sha256_of(path)

    @classmethod
    def load(cls, path: Path) -> Head:
        """Read a ``head.npz``; nothing in it is executed.

        Raises
        ------
        RunError
            If the file is missing, is not a head, or holds what is not finite.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            if found["kernel"].dtype != np.float32:
                raise ValueError(f"a kernel of type {found['kernel'].dtype}")
            return cls(
                kernel=found["kernel"],
                bias=float(_scalar(found["bias"])),
                offset=float(_scalar(found["offset"])),
                iterations=int(_scalar(found["iterations"])),
                converged=bool(_scalar(found["converged"])),
                loss=float(_scalar(found["loss"])),
            )
        except FileNotFoundError:
            raise RunError(f"There is no {path}: the refit's last layer is missing.") from None
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise RunError(
                f"{path} is damaged ({str(error).splitlines()[0]}). Refit the parent again."
            ) from None


def run_head(run: Run) -> Head:
    """Return the last layer of a refit after comparing its file's SHA-256 with the state's.

    Raises
    ------
    RunError
        If the run is no refit, or its ``head.npz`` is missing or not the one that was kept.
    """
    path = run.path / HEAD_FILE
    expected = run.state.head_sha256
    if expected is None or not path.is_file():
        raise RunError(f"The run {run.id} has no {HEAD_FILE}: its last layer was not refitted.")
    if sha256_of(path) != expected:
        raise RunError(
            f"The last layer of {run.id} is not the one that was kept: the SHA-256 of {path} "
            "differs from state.json. It is not loaded; copy the run again or refit anew."
        )
    return Head.load(path)


def _scalar(array: np.ndarray) -> np.ndarray:
    if array.shape != ():
        raise ValueError(f"a single figure has the shape {array.shape}")
    return array
