"""`nnplay download mnist`: from the user's files, from a mirror, cancelled, and with neither."""

import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Stalling(Quiet):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"\x1f\x8b" * 1000)
        self.wfile.flush()
        self.server.stalled.set()  # type: ignore[attr-defined]
        self.server.over.wait(60)  # type: ignore[attr-defined]


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    servers = []

    def start(handler: Callable[..., Any]) -> Any:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.stalled, server.over = threading.Event(), threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return server

    yield start
    for server, thread in servers:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def address(server: Any) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/"


def code(mirror: str) -> str:
    """Return a program that is nnplay with another mirror."""
    return (
        "from dataclasses import replace; from nnplay.data.download.registry import ARCHIVES;"
        f"ARCHIVES['mnist'] = replace(ARCHIVES['mnist'], mirrors=({mirror!r},));"
        "from nnplay.start import main; import sys; sys.exit(main())"
    )


def test_imports_local_files(
    call: Callable[..., Any], mnist_dir: Path, monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(here / "data"))
    said = call("download", "mnist", "--from", mnist_dir)
    assert said.status == 0
    assert str(here / "data" / "mnist") in said.out
    said = call("fetch", "mnist")  # the earlier name
    assert said.status == 0
    assert "already" in said.out


def test_downloads_with_a_bar(
    spawn: Callable[..., Any], serve: Callable[..., Any], mnist_dir: Path, here: Path
) -> None:
    server = serve(functools.partial(Quiet, directory=str(mnist_dir)))
    data = here / "data"
    said = spawn("download", "mnist", env={"NNPLAY_DATA": str(data)}, code=code(address(server)))
    assert said.status == 0, said.err
    assert "100%" in said.err
    assert {one.name for one in (data / "mnist").iterdir()} == {
        one.name for one in mnist_dir.glob("*.gz")
    }


def test_without_a_network_it_names_the_alternatives(spawn: Callable[..., Any], here: Path) -> None:
    env = {"NNPLAY_DATA": str(here)}
    # Nobody listens at port 9 of this machine.
    said = spawn("download", "mnist", env=env, code=code("http://127.0.0.1:9/"))
    assert said.status == 1
    assert "http://127.0.0.1:9/" in said.err
    assert "Digits" in said.err
    assert not said.out


@pytest.mark.skipif(os.name != "posix", reason="sends a signal as Ctrl+C does")
def test_ctrl_c_cancels(serve: Callable[..., Any], here: Path) -> None:
    server = serve(Stalling)
    with subprocess.Popen(
        [sys.executable, "-c", code(address(server)), "download", "mnist"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=here,
        env={**os.environ, "NNPLAY_DATA": str(here / "data")},
    ) as nnplay:
        assert server.stalled.wait(60)
        nnplay.send_signal(signal.SIGINT)
        out, err = nnplay.communicate(timeout=60)
    assert nnplay.returncode == 1
    assert not out
    assert "cancelled" in err
    assert "Traceback" not in err
    assert not [one for one in (here / "data").rglob("*") if one.is_file()]
