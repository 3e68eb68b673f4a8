"""Published weights: found where they lie, never used unless they are the published bytes."""

import hashlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from softbio.config import NetworkConfig
from softbio.errors import ConfigError
from softbio.runs import published as module
from softbio.runs.published import PUBLISHED, PublishedWeights, check, fetch, folders, published

BYTES = b"weights of a network"
WANTED = PublishedWeights("resnet50", "w.h5", "resnet", hashlib.md5(BYTES).hexdigest())
CONFIG = NetworkConfig(name="resnet50", weights="imagenet")


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Our folder and Keras's, both empty; a server that nobody reaches."""
    monkeypatch.setenv("SOFTBIO_WEIGHTS", str(tmp_path / "ours"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(module, "_SERVER", "http://127.0.0.1:9")
    monkeypatch.setitem(PUBLISHED, "resnet50", WANTED)
    for folder in folders():
        folder.mkdir(parents=True)
    return folders()


@pytest.fixture
def server(monkeypatch):
    sent = {"bytes": BYTES, "asked": []}

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200 if self.path == "/resnet/w.h5" else 404)
            self.end_headers()

        def do_GET(self):
            sent["asked"].append(self.path)
            self.do_HEAD()
            self.wfile.write(sent["bytes"])

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(module, "_SERVER", f"http://127.0.0.1:{server.server_port}")
    yield sent
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_is_found_in_either_folder_and_nobody_is_asked(places, which, server):
    path = places[which] / "w.h5"
    path.write_bytes(BYTES)
    check(CONFIG)
    assert fetch(WANTED) == path and not server["asked"]


def test_a_damaged_file_in_our_folder_gives_way_to_a_whole_one(places):
    (places[0] / "w.h5").write_bytes(b"torn")
    (places[1] / "w.h5").write_bytes(BYTES)
    assert fetch(WANTED) == places[1] / "w.h5"


@pytest.mark.parametrize("ask", [lambda: check(CONFIG), lambda: fetch(WANTED)])
def test_without_file_and_server_one_sentence_says_what_to_do(places, ask):
    with pytest.raises(ConfigError) as told:
        ask()
    for word in ("w.h5", str(places[0]), "network.weights=none"):
        assert word in str(told.value)


def test_a_damaged_file_is_named_where_there_is_no_other(places):
    (places[1] / "w.h5").write_bytes(b"torn")
    with pytest.raises(ConfigError, match=r"keras/models/w\.h5 is damaged"):
        fetch(WANTED)


def test_a_missing_file_is_downloaded_once(places, server):
    check(CONFIG)
    assert not server["asked"] and not list(places[1].iterdir())
    assert fetch(WANTED) == fetch(WANTED) == places[1] / "w.h5"
    assert server["asked"] == ["/resnet/w.h5"] and fetch(WANTED).read_bytes() == BYTES


def test_what_is_not_the_published_file_is_never_kept(places, server):
    server["bytes"] = b"something else"
    with pytest.raises(ConfigError, match="not the published file"):
        fetch(WANTED)
    assert not list(places[1].iterdir())


def test_a_server_that_never_ends_is_left_at_a_limit(places, server, monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 1 << 10)
    monkeypatch.setattr(module, "_LARGEST", 1 << 12)
    server["bytes"] = bytes(1 << 16)
    place = places[0] / "draft"
    module._download(WANTED.address, place)
    assert 1 << 12 < place.stat().st_size <= (1 << 12) + (2 << 10)


def test_an_answer_that_is_no_http_is_a_sentence(places, server, monkeypatch):
    def cut(request, timeout):
        raise http.client.IncompleteRead(b"")

    monkeypatch.setattr(module, "_answers", lambda address: True)
    monkeypatch.setattr(module.urllib.request, "urlopen", cut)
    with pytest.raises(ConfigError, match="cannot be downloaded"):
        fetch(WANTED)
    assert not list(places[1].iterdir())


def test_a_server_that_never_answers_holds_nobody_up(monkeypatch):
    import socket
    import time

    silent = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(module, "_SERVER", f"http://127.0.0.1:{silent.getsockname()[1]}")
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    began = time.monotonic()
    with silent, pytest.raises(ConfigError, match="cannot be downloaded"):
        check(CONFIG)
    assert time.monotonic() - began < 5


def test_networks_that_have_none_need_none():
    for config in (NetworkConfig(name="bn_cnn"), NetworkConfig(name="resnet50", weights="none")):
        assert published(config) is None
        check(config)
