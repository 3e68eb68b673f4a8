"""The server: Streamlit with our own route for face pictures, safe defaults and tidy jobs."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
import webbrowser
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from dashboard import any_face, large_face
from dashboard.places import DATA_VARIABLE, MODELS_VARIABLE, models_root
from dashboard.sprites import ROUTE, serve_sprite
from dashboard.theme import THEME
from softbio.errors import ConfigError, SoftbioError
from softbio.jobs import JobQueue
from softbio.runs import RunStore

__all__ = ["build", "free_port", "is_loopback", "options", "page_address", "serve"]

_LOG = logging.getLogger("softbio.dashboard")

#: Seconds between two looks at the jobs while no page asks for them.
_ROUND = 2.0
#: Ports tried after the wanted one.
_PORTS = 50


def serve(
    data: Path, models: Path, *, host: str, port: int, browser: bool, ready: Callable[[], None]
) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    data, models : Path
        The folders that hold face sets and runs; need not exist yet.
    host : str
        Address to listen on.
    port : int
        A free port, see `free_port`.
    browser : bool
        Whether to open the page in the reader's browser.
    ready : callable
        Called once, when the page can be asked for.
    """
    os.environ[DATA_VARIABLE] = str(data.resolve())
    os.environ[MODELS_VARIABLE] = str(models.resolve())
    address = page_address(host, port)

    def started() -> None:
        ready()
        if browser:
            webbrowser.open(address)

    build(started, host).run(config=options(host, port))


def build(started: Callable[[], None], host: str) -> st.App:
    """Return the app: the script, the route for pictures, and the watch over jobs."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        queue = JobQueue(RunStore(models_root()))
        watch = asyncio.create_task(_watch_jobs(queue))
        asyncio.get_running_loop().call_later(0.1, started)
        try:
            yield
        finally:
            watch.cancel()

    return st.App(
        Path(__file__).with_name("app.py"),
        lifespan=lifespan,
        routes=[
            Route(ROUTE, serve_sprite),
            Route(large_face.ROUTE, large_face.serve_face),
            Route(any_face.ROUTE, any_face.serve_any_face),
        ],
        on_script_error=tell_failure,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(host))],
    )


def tell_failure(error: Exception) -> bool:
    """Show an error that no page has caught as a sentence; True keeps Streamlit's own box away."""
    if isinstance(error, SoftbioError):
        st.error(str(error), icon=":material/error:")
        return True
    _LOG.error("a page failed", exc_info=error)
    st.error(
        "softbio failed unexpectedly here. What happened stands in the output of "
        "`softbio dashboard`; please report it. Reloading the page is safe.",
        icon=":material/error:",
    )
    return True


async def _watch_jobs(queue: JobQueue) -> None:
    while True:
        # A broken run folder must not end the watch: the page tells of it, where it is seen.
        with contextlib.suppress(Exception):
            await asyncio.to_thread(queue.reconcile)
        await asyncio.sleep(_ROUND)


def options(host: str, port: int) -> dict[str, Any]:
    """Return Streamlit's options: local, silent, without traces of errors for strangers."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.allowedHosts": _hosts(host),
        "server.maxUploadSize": 50,
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": False,
        "server.enableStaticServing": False,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": True,
        # A full collection after each run takes 0.1 to 0.3 s, after every step of a slider that is
        # dragged. Python collects by itself.
        "runner.postScriptGC": False,
        **THEME,
    }


def page_address(host: str, port: int) -> str:
    """Return the address at which this machine reaches the page."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "localhost", "::1": "localhost"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """Tell whether `host` reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hosts(host: str) -> list[str]:
    """Return the Host headers that are answered; any, once the page is open to others."""
    return ["localhost", "127.0.0.1"] if is_loopback(host) else ["*"]


def free_port(host: str, wanted: int) -> int:
    """Return `wanted`, or the next port after it that nothing listens on.

    Raises
    ------
    ConfigError
        If none of the next ports is free, or `host` is not an address of this machine.
    """
    for port in range(wanted, min(wanted + _PORTS, 65_536)):
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                return port
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno not in (13, 48, 98, 10013, 10048):
                raise ConfigError(
                    f"--host {host} cannot be listened on: {error.strerror or error}. "
                    "Use 127.0.0.1, or an address of this machine."
                ) from None
    raise ConfigError(
        f"No port from {wanted} on is free on {host}. Name one with --port, such as --port 8600."
    )
