"""``softbio refit``: what is shown, what is stored, and what is refused."""

import inspect
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from softbio.cli import app
from softbio.config import HeadConfig
from softbio.runs import RunConfig, RunStore, sha256_of

WIDTH = 6


@pytest.fixture(scope="module")
def data(make_faces, tmp_path_factory):
    splits = np.random.default_rng(7).choice(["train", "val_select", "val_fit", "test"], 400)
    return make_faces(tmp_path_factory.mktemp("sets") / "cut", n=400, split=splits)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "models")


@pytest.fixture
def run(store, data, run_config):
    """A finished run whose embeddings tell the labels of women better than those of men."""
    config = run_config.model_copy(
        update={"data": str(data.path), "data_fingerprint": data.fingerprint, "size": data.size}
    )
    run = store.create(RunConfig.model_validate(config.model_dump()))
    draws = np.random.default_rng(1)
    values = draws.normal(size=(len(data), WIDTH + 2)).astype(np.float16)
    values[:, -1] += data.labels() * np.where(data.group_index() == 0, 3.0, 1.0)
    np.save(run.path / "embeddings.npy", values)
    blocks = {"block1": [0, 2], "features": [2, WIDTH + 2]}
    (run.path / "embeddings.json").write_text(json.dumps(blocks))
    frame = data.table[["filename", "split", "label", "gender"]]
    run.write_predictions(frame.assign(score=np.full(len(data), 0.25, dtype=np.float32)))
    run.weights_path.write_bytes(b"the weights")
    run.update_state(status="done", weights_sha256=sha256_of(run.weights_path))
    return run


def softbio(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_id_is_all_that_stands_on_standard_output(run, store):
    done = softbio(
        "refit", run.id[:15], "--weights", "women=1,men=2", "--cell-weights", "women 1=3",
        "--cell-weights", "men 1=4.5, men 0=1", "--gamma", 1, "--label-smoothing", 0.1, "--l2", 0.5,
        "--target-prevalence", 0.4, "--fitted-on", "train", "--name", "mine",
        "--models", store.path,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    kept = store.get(done.stdout.strip())
    assert done.stdout == f"{kept.id}\n"
    assert kept.config.name == "mine" and kept.config.parent == run.id
    assert kept.config.head == HeadConfig(
        weights={"women": 1, "men": 2},
        cell_weights={"women 1": 3, "men 1": 4.5, "men 0": 1},
        gamma=1,
        label_smoothing=0.1,
        l2=0.5,
        target_prevalence=0.4,
        fitted_on="train",
    )
    assert "has already learnt" in done.stderr


def test_every_setting_has_a_flag():
    from softbio.cli.refit import refit

    assert set(HeadConfig.model_fields) <= set(inspect.signature(refit).parameters)


def test_what_is_shown_is_what_compare_says_of_the_kept_run(run, store):
    dry = softbio("refit", run.id, "--balance-cells", "--dry-run", "--models", store.path)
    assert dry.exit_code == 0 and dry.stdout == "" and store.list() == [run]
    done = softbio("refit", run.id, "--balance-cells", "--models", store.path)
    assert done.stderr == dry.stderr and "without converging" not in done.stderr
    told = softbio("compare", done.stdout.strip(), run.id, "--models", store.path).stdout
    table = told.partition("\n")[2]
    assert "Who paid" in table and table in done.stderr


def test_what_each_group_had_and_has_is_counted_from_the_scores(run, store, data):
    done = softbio("refit", run.id, "--balance-cells", "--models", store.path)
    chosen = run.predictions().select("val_select")
    after = store.get(done.stdout.strip()).predictions().select("val_select").score > 0.5
    assert f"{len(chosen):,} faces of val_select" in done.stderr
    for group, name in enumerate(("women", "men")):
        (line,) = [
            line.split() for line in done.stderr.splitlines() if line.startswith(f" {name} ")
        ]
        inside = chosen.group == group
        # All scores were 0.25, so whoever has label 0 was right.
        before = (chosen.label[inside] == 0).mean()
        now = (chosen.label[inside] == after[inside]).mean()
        assert line[1:4] == [str(inside.sum()), f"{before:.3f}", f"{now:.3f}"]


def test_balanced_cells_stand_in_the_kept_settings(run, store, data):
    done = softbio("refit", run.id, "--balance-cells", "--models", store.path)
    weights = store.get(done.stdout.strip()).config.head.cell_weights
    fitted = data.rows("val_fit")
    for group, name in enumerate(("women", "men")):
        for label in (0, 1):
            size = ((data.labels() == label) & (data.group_index() == group))[fitted].sum()
            assert weights[f"{name} {label}"] * size == pytest.approx(
                weights["women 0"]
                * ((data.labels() == 0) & (data.group_index() == 0))[fitted].sum(),
                rel=1e-3,
            )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--weights", "ladies=2"], "no group 'ladies'"),
        (["--weights", "women"], "--weights takes name=weight"),
        (["--weights", "women=-1"], "must lie in 0 … 100"),
        (["--weights", "women=much"], "`weights.women`"),
        (["--cell-weights", "women=2"], "named by its group and its label"),
        (["--cell-weights", "women 1=2", "--balance-cells"], "leave out --cell-weights"),
        (["--cell-weights", "women 1=0,men 1=0"], "label 1 would have the weight 0"),
        (["--gamma", "11"], "`gamma`: input should be less than or equal to 10"),
        (["--target-prevalence", "1"], "`target_prevalence`"),
    ],
)
def test_a_mistake_is_one_sentence_and_stores_nothing(run, store, arguments, told):
    done = softbio("refit", run.id, *arguments, "--models", store.path)
    assert done.exit_code == 2 and done.stdout == ""
    assert told in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    assert store.list() == [run]


def test_imported_predictions_have_no_last_layer(run, store):
    config = json.loads((run.path / "config.json").read_text())
    origin = {"file": "vendor.csv", "sha256": "0" * 64, "scores": True, "faces": 400}
    (run.path / "config.json").write_text(
        json.dumps(config | {"kind": "imported", "train": None, "imported": origin})
    )
    done = softbio("refit", run.id, "--models", store.path)
    assert done.exit_code == 2 and "no last layer to refit" in " ".join(done.stderr.split())
