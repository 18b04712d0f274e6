"""``python -m tools.playground.serve FOLDER [--port N]``: serves a folder to this computer alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_HOST = "127.0.0.1"


class StaticHandler(SimpleHTTPRequestHandler):
    """Serves files. A browser compiles WebAssembly as it arrives only if its type says what it is."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".whl": "application/zip",
    }

    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server for a folder, which does not run yet.

    Args:
        folder: the folder.
        port: the port; 0 takes a free one.
    """
    return ThreadingHTTPServer((_HOST, port), partial(StaticHandler, directory=str(folder)))


def main(arguments: Sequence[str]) -> int:
    """Serve until the command is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tools.playground.serve", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--port", metavar="N", type=int, default=8000, help="the port (default: 8000)")
    given = parser.parse_args(arguments)
    if not (given.folder / "index.html").exists():
        parser.error(f"{given.folder} has no index.html: run make playground")
    with server(given.folder, given.port) as serving:
        sys.stdout.write(f"http://{_HOST}:{serving.server_port}/\n")
        sys.stdout.flush()
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
