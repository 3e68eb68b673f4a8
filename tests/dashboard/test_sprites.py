import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.requests import Request

from dashboard import sprites
from dashboard.sprites import MAX_FACES, serve_sprite, sprite_address


def get(address):
    token = address.removeprefix("/faces/").removesuffix(".jpg")
    return serve_sprite(Request({"type": "http", "path_params": {"token": token}}))


@pytest.fixture
def packed(tmp_path):
    """Faces of one colour each, so that JPEG keeps them apart."""
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (40, 1, 1, 3), dtype=np.uint8)
    np.save(tmp_path / "images.npy", np.broadcast_to(colours, (40, 16, 16, 3)))
    return tmp_path, colours[:, 0, 0].astype(int)


@pytest.mark.parametrize("rows", [[7], [3, 1, 2], list(range(40))])
def test_a_sprite_shows_the_rows_in_their_order(packed, rows):
    path, colours = packed
    sprite = sprite_address(path, "f" * 64, np.array(rows))
    answer = get(sprite.address)
    assert answer.status_code == 200
    image = np.asarray(Image.open(io.BytesIO(answer.body))).astype(int)
    assert image.shape == (sprite.rows * 16, sprite.columns * 16, 3)
    for place, row in enumerate(rows):
        top, left = (16 * part for part in divmod(place, sprite.columns))
        middle = image[top + 8, left + 8]
        assert np.abs(middle - colours[row]).max() <= 12


def test_the_browser_may_keep_a_sprite_for_good(packed):
    answer = get(sprite_address(packed[0], "f" * 64, np.arange(3)).address)
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]


def test_the_address_depends_on_the_set_its_content_and_the_rows(packed):
    path, _ = packed
    addresses = {
        sprite_address(path, "a" * 64, np.array([1, 2])).address,
        sprite_address(path, "b" * 64, np.array([1, 2])).address,
        sprite_address(path, "a" * 64, np.array([2, 1])).address,
        sprite_address(path.parent, "a" * 64, np.array([1, 2])).address,
    }
    assert len(addresses) == 4
    again = sprite_address(path, "a" * 64, np.array([1, 2])).address
    assert again in addresses


@pytest.mark.parametrize("token", ["", "x", "a" * 40, "%00", "é", "../../etc/passwd"])
def test_an_address_that_was_not_made_here_is_not_found(token):
    assert get(f"/faces/{token}.jpg").status_code == 404


def test_an_address_that_was_tampered_with_is_not_found(packed):
    address = sprite_address(packed[0], "f" * 64, np.arange(3)).address
    token = address.removeprefix("/faces/").removesuffix(".jpg")
    plain = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for place in (0, 20, len(plain) - 1):
        forged = bytearray(plain)
        forged[place] ^= 1
        name = base64.urlsafe_b64encode(bytes(forged)).decode().rstrip("=")
        assert get(f"/faces/{name}.jpg").status_code == 404


def test_an_address_of_another_server_is_not_found(packed, monkeypatch):
    address = sprite_address(packed[0], "f" * 64, np.arange(3)).address
    monkeypatch.setattr(sprites, "_KEY", b"another key")
    assert get(address).status_code == 404


def test_a_set_that_is_gone_or_shorter_is_not_found(packed):
    path, _ = packed
    assert get(sprite_address(path, "1", np.array([40])).address).status_code == 404
    assert get(sprite_address(path / "no", "2", np.array([0])).address).status_code == 404


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=MAX_FACES))
def test_an_address_stays_short_enough_for_any_browser(rows):
    sprite = sprite_address(sprites.Path("/data/somewhere/celeba"), "f" * 64, np.array(rows))
    assert len(sprite.address) < 2000
    assert (sprite.rows - 1) * sprite.columns < len(rows) <= sprite.rows * sprite.columns


@pytest.mark.parametrize("count", [0, MAX_FACES + 1])
def test_a_sprite_holds_at_least_one_and_at_most_so_many_faces(tmp_path, count):
    with pytest.raises(ValueError, match=f"1 to {MAX_FACES} faces"):
        sprite_address(tmp_path, "f", np.arange(count))


def test_the_address_does_not_show_the_path_in_clear(packed):
    assert packed[0].name not in sprite_address(packed[0], "f" * 64, np.arange(2)).address
