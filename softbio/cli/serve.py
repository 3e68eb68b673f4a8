"""``softbio dashboard``: serve the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from softbio.cli.console import err, out, telling_errors
from softbio.cli.options import DataRoot, Models, Port

__all__ = ["dashboard"]


def dashboard(
    data: DataRoot = Path("data"),
    models: Models = None,
    port: Port = 8501,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 127.0.0.1 is this machine only.")
    ] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Serve the page: look at faces, train, compare genders, download predictions."""
    with telling_errors():
        from dashboard.server import free_port, is_loopback, page_address, serve

        chosen = free_port(host, port)
        if chosen != port:
            err.print(f"Port {port} is taken; using {chosen}.")
        if not is_loopback(host):
            err.print(
                f"[yellow]Warning:[/] {host} is reachable from other machines, and the page has "
                "no password: whoever reaches it sees the faces and may start trainings."
            )
        address = page_address(host, chosen)
        serve(
            data,
            models or Path("models"),
            host=host,
            port=chosen,
            browser=browser,
            ready=lambda: out.print(f"The page is at {address} (Ctrl-C ends it)."),
        )
