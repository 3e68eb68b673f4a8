"""``softbio demo``: everything but the page, on few faces."""

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")

    def run():
        command = [sys.executable, "-m", "softbio", "demo", "--faces", "240", "--no-serve"]
        small = ["network.name=report_cnn", "network.filters=8", "network.dense=32"]
        for setting in ("epochs=1", "precision=float32", "test_time_flip=false", *small):
            command += ["--set", setting]
        return subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)

    return place, run(), run()


def test_both_recipes_are_compared_gender_by_gender(demo):
    _, first, _ = demo
    for words in ("report", "fast", "women: accuracy", "men: accuracy", "Fair Metric"):
        assert words in first.stdout


def test_a_second_time_reuses_the_faces_and_the_runs(demo):
    place, first, second = demo
    runs = [path for path in (place / "models").iterdir() if path.name.startswith("20")]
    assert len(runs) == 2
    assert second.stdout == first.stdout
