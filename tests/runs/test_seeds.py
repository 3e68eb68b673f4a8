import pytest

from softbio.config import apply_settings
from softbio.config.head import HeadConfig
from softbio.runs import ImportedFrom, RunStore
from softbio.runs.seeds import same_but_seed


@pytest.fixture
def make(tmp_path, run_config):
    store = RunStore(tmp_path / "models")

    def make(*settings, **changes):
        if settings:
            changes["train"] = apply_settings(run_config.train, list(settings))
        return store.create(run_config.model_copy(update=changes))

    return make


def test_runs_that_differ_in_their_seed_belong_together(make):
    first, other, second = make("seed=0"), make("seed=0", "epochs=3"), make("seed=1")
    assert same_but_seed([first, other, second]) == [[first, second], [other]]


def test_a_name_and_a_place_of_the_set_change_nothing(make):
    runs = [make("seed=0"), make("seed=1", name="mine", data="elsewhere/none")]
    assert same_but_seed(runs) == [runs]


def test_the_same_seed_again_is_no_second_draw(make):
    newer, older, other = make("seed=3"), make("seed=3"), make("seed=4")
    assert same_but_seed([newer, older, other]) == [[newer, other]]


def test_other_faces_are_another_config(make):
    runs = [make("seed=0"), make("seed=1", data_fingerprint="1" * 64)]
    assert same_but_seed(runs) == [runs[:1], runs[1:]]


def test_refits_with_the_same_settings_of_parents_that_differ_in_their_seed(make):
    def refit(seed, gamma):
        head = HeadConfig(gamma=gamma)
        return make(f"seed={seed}", kind="refit", parent=f"parent-{seed}", head=head)

    one, two, other = refit(0, 1.0), refit(1, 1.0), refit(2, 2.0)
    assert same_but_seed([one, two, other]) == [[one, two], [other]]
    assert len(same_but_seed([make("seed=5"), one])) == 2


def test_imported_predictions_stay_alone(make):
    source = ImportedFrom(file="a.csv", sha256="0" * 64, scores=True, faces=3)
    runs = [make(kind="imported", train=None, imported=source) for _ in range(2)]
    assert same_but_seed(runs) == [[runs[0]], [runs[1]]]
