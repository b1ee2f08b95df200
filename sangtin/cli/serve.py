"""`sangtin serve` and `sangtin demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from sangtin.cli.terminal import JsonFlag, emit, emit_json, emit_now, progress, say, settings

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")]


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8765,
    workers: Annotated[bool, typer.Option(help="Sieve and index beside the screens.")] = True,
) -> None:
    """Serve the screens on loopback and print a one-time login link.

    One worker sieves what comes in, one follower keeps the search index up to date; both end with this
    process. With --no-workers only the screens run.

    \b
    Examples:
      sangtin serve
      sangtin serve --port 9000 --no-workers
    """
    from sangtin import serve as server

    server.serve(settings(), server.Place(host, port), emit_now, workers=workers)


def demo(
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the screens afterwards.")
    ] = True,
    port: Port = 8765,
    json: JsonFlag = False,
) -> None:
    """Sieve the bundled sample (synthetic posts), print its ledger and serve the screens.

    It lives in a folder `demo` of its own inside the home and touches no other record.

    \b
    Examples:
      sangtin demo
      sangtin demo --no-serve --json
    """
    from sangtin import serve as server
    from sangtin.cli.ledger import figures, table
    from sangtin.cli.sieve import sentence
    from sangtin.pipeline import demo as stage

    where = stage.demo_settings(settings())
    done, counted = stage.demo(where, progress)
    say(sentence(done))
    emit_json(figures(counted)) if json else emit(table(counted))
    if serve_it:
        server.serve(where, server.Place(port=port), emit_now)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)
    app.command()(demo)
