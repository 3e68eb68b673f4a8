"""Browse, the part of the page Faces: what is asked for stands in the address and in the grid."""


def test_a_link_says_which_faces_are_shown(world, said):
    faces = world.add_set()
    world.add_run(faces)
    app = world.open("faces", faces="browse", label="1", error="wrong")
    assert not app.exception
    assert "15 of 200 faces**: label 1, predicted wrongly" in said(app)
