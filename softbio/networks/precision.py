"""What networks compute with on this machine, and in which precision."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["backend_name", "device_names", "has_fast_bfloat16", "resolve_precision"]

#: Processor flags of instructions that multiply bfloat16 matrices.
_FLAGS = {"avx512_bf16", "amx_bf16"}


def resolve_precision(precision: str) -> str:
    """Return ``"float32"`` or ``"mixed_bfloat16"`` for a TrainConfig's `precision`.

    ``auto`` is ``mixed_bfloat16`` where the processor has instructions for it
    or there is an accelerator: elsewhere it would be emulated, and slower.
    """
    if precision != "auto":
        return precision
    return "mixed_bfloat16" if has_fast_bfloat16() or _has_accelerator() else "float32"


@cache
def has_fast_bfloat16() -> bool:
    """Return whether the processor says that it multiplies bfloat16 matrices."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return bool(_FLAGS & set(flags.split()))


def backend_name() -> str:
    """Return the name of Keras's backend: tensorflow, jax or torch."""
    import keras

    return str(keras.backend.backend())


def device_names() -> list[str]:
    """Return the devices that the backend sees, such as ``cpu:0``."""
    import keras

    return [str(device) for device in keras.distribution.list_devices()]


def _has_accelerator() -> bool:
    return any("cpu" not in name.lower() for name in device_names())
