import socket
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from dashboard import server
from dashboard.server import free_port, is_loopback, options, page_address
from softbio.cli import app
from softbio.errors import ConfigError


def test_the_defaults_are_safe():
    chosen = options("127.0.0.1", 8501)
    assert chosen["server.address"] == "127.0.0.1"
    assert chosen["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert chosen["browser.gatherUsageStats"] is False
    assert chosen["client.showErrorDetails"] == "none"
    assert chosen["server.maxUploadSize"] == 50


def test_streamlit_knows_every_option():
    from streamlit import config

    assert set(options("127.0.0.1", 8501)) <= set(config._config_options_template)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.8.8", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.4", False), ("example.org", False),
    ],
)  # fmt: skip
def test_which_addresses_reach_this_machine_only(host, inside):
    assert is_loopback(host) is inside


def test_a_taken_port_gives_way_to_the_next():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
    assert free_port("127.0.0.1", port) == port


def test_an_address_of_another_machine_is_a_sentence():
    with pytest.raises(ConfigError, match=r"--host 192\.0\.2\.1 cannot be listened on"):
        free_port("192.0.2.1", 8501)


def test_the_address_can_be_opened():
    assert page_address("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert page_address("0.0.0.0", 8501) == "http://127.0.0.1:8501"
    assert page_address("2001:db8::1", 1) == "http://[2001:db8::1]:1"


def run_command(monkeypatch, *arguments):
    served = {}
    monkeypatch.setattr(
        server,
        "serve",
        lambda data, models, **rest: (served.update(rest, data=data), rest["ready"]()),
    )
    return CliRunner().invoke(app, ["dashboard", *arguments]), served


def test_the_command_prints_the_address(monkeypatch):
    port = free_port("127.0.0.1", 18501)
    result, served = run_command(
        monkeypatch, "--port", str(port), "--no-browser", "--data", "faces"
    )
    assert result.exit_code == 0
    assert f"http://127.0.0.1:{port}" in result.stdout
    assert served["browser"] is False
    assert str(served["data"]) == "faces"


def test_the_command_says_when_the_port_is_taken(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result, served = run_command(monkeypatch, "--port", str(port))
    assert f"Port {port} is taken; using {served['port']}." in result.stderr


def test_the_command_warns_before_it_opens_the_page_to_others(monkeypatch):
    result, _ = run_command(monkeypatch, "--host", "0.0.0.0", "--no-browser")
    assert "reachable from other machines" in result.stderr


def test_pages_that_look_at_runs_load_no_tensorflow():
    code = (
        "import sys, dashboard.server, dashboard.widgets.scored, dashboard.widgets.live, "
        "softbio.training.start; print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
