from softbio.fairness import IntervalPlan
from softbio.fairness.sight import sights
from softbio.runs.judging import faces_of, judge


def test_the_page_tells_which_gaps_its_faces_could_show(world, said):
    faces = world.add_set(n=900)
    run = world.add_run(faces)
    app = world.open("fairness", run=run.id, gap="10")
    assert not app.exception
    table = next(one.proto.body for one in app.get("html") if "smallest gap seen" in one.proto.body)
    judged = judge(run, faces=faces_of(run), intervals=IntervalPlan())
    found = sights(judged, 0.1)[0]
    assert f"{found.needed.first:,} + {found.needed.second:,}" in table
    assert f"{100 * found.gap:.1f} points" in table
    assert "faces that show 10 points" in table
