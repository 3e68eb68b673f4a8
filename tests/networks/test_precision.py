"""Which precision ``auto`` means here."""

import pytest

from softbio.networks import precision
from softbio.networks.precision import resolve_precision


@pytest.mark.parametrize("asked", ["float32", "mixed_bfloat16"])
def test_a_precision_that_is_asked_for_is_taken(asked):
    assert resolve_precision(asked) == asked


@pytest.mark.parametrize(("fast", "expected"), [(True, "mixed_bfloat16"), (False, "float32")])
def test_auto_follows_the_processor(monkeypatch, fast, expected):
    monkeypatch.setattr(precision, "has_fast_bfloat16", lambda: fast)
    monkeypatch.setattr(precision, "device_names", lambda: ["cpu:0"])
    assert resolve_precision("auto") == expected


def test_auto_takes_bfloat16_on_an_accelerator(monkeypatch):
    monkeypatch.setattr(precision, "has_fast_bfloat16", lambda: False)
    monkeypatch.setattr(precision, "device_names", lambda: ["gpu:0"])
    assert resolve_precision("auto") == "mixed_bfloat16"
