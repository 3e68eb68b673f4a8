import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from softbio.cli.main import app


@pytest.fixture
def placed(scored_run):
    n = len(scored_run.predictions().frame)
    values = np.random.default_rng(0).normal(size=(n, 4)).astype(np.float16)
    np.save(scored_run.path / "embeddings.npy", values)
    (scored_run.path / "embeddings.json").write_text('{"features": [0, 4]}')
    return scored_run


def call(run, *options):
    arguments = ["audit", "map", run.id, "--models", str(run.path.parent), *map(str, options)]
    return CliRunner().invoke(app, arguments)


def test_each_face_has_its_place_in_the_file(placed, tmp_path):
    result = call(placed, "--csv", tmp_path / "map.csv")
    assert result.exit_code == 0, result.output
    frame = pd.read_csv(tmp_path / "map.csv")
    assert frame["filename"].tolist() == placed.predictions().frame["filename"].tolist()
    from softbio.audit.map import map_of

    np.testing.assert_allclose(frame[["x", "y"]].to_numpy(), map_of(placed), rtol=1e-4, atol=1e-5)


def test_a_run_without_embeddings_is_told(scored_run, tmp_path):
    result = call(scored_run, "--csv", tmp_path / "map.csv")
    assert result.exit_code != 0
    assert "embeddings" in result.output and not (tmp_path / "map.csv").exists()
