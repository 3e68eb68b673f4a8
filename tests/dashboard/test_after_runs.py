import sys
from pathlib import Path

from streamlit.runtime.scriptrunner import script_runner


def test_a_run_of_the_page_leaves_the_precision_of_a_network_that_is_asked_meanwhile(world):
    from keras.src.backend.common.variables import AutocastScope, get_autocast_scope

    world.add_set()
    with AutocastScope("bfloat16"):
        world.open()
        kept = get_autocast_scope()
    assert kept is not None
    assert kept.dtype == "bfloat16"


def test_what_is_left_out_is_all_that_streamlit_clears():
    """Should Streamlit begin to clear more there than Keras and figures of pyplot, look again."""
    source = Path(script_runner.__file__).read_text(encoding="utf-8")
    body = source.split("def _clean_problem_modules")[1].split("\n\n\n")[0]
    assert body.count(" in sys.modules") == 2
    assert '"keras" in sys.modules' in body
    assert '"matplotlib.pyplot" in sys.modules' in body


def test_no_page_draws_with_pyplot():
    dashboard = Path(sys.modules["dashboard"].__file__).parent
    assert not [file for file in dashboard.rglob("*.py") if "pyplot" in file.read_text()]
