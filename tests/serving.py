"""A web server on this machine whose folders behave like healthy and broken mirrors."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class MirrorServer(ThreadingHTTPServer):
    """Serves the files of a folder; the first part of an address says how."""

    daemon_threads = False  # so that closing waits for all responses to end

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.folder = folder
        self.asked: Counter[str] = Counter()
        self.let_go = threading.Event()

    def mirror(self, how: str) -> str:
        """Return the address of the mirror that responds in that way."""
        return f"http://127.0.0.1:{self.server_port}/{how}/"


class _Answer(BaseHTTPRequestHandler):
    server: MirrorServer

    def do_GET(self) -> None:
        _, how, name = self.path.split("/", 2)
        self.server.asked[f"{how}/{name}"] += 1
        getattr(self, f"answer_{how}")(name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _head(self, size: int) -> None:
        self.send_response(200)
        # As some servers do with .gz files: a client that unpacks it gets another file.
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def _bytes(self, name: str) -> bytes:
        return (self.server.folder / name).read_bytes()

    def _hold(self) -> None:
        self.wfile.flush()
        self.server.let_go.wait()

    def answer_good(self, name: str) -> None:
        data = self._bytes(name)
        self._head(len(data))
        self.wfile.write(data)

    def answer_missing(self, _name: str) -> None:
        self.send_error(404)

    def answer_redirect(self, name: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"/good/{name}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_circle(self, name: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"/circle/{name}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_wrong(self, name: str) -> None:
        data = bytearray(self._bytes(name))
        data[len(data) // 2] ^= 1
        self._head(len(data))
        self.wfile.write(data)

    def answer_truncated(self, name: str) -> None:
        data = self._bytes(name)[:-100]
        self._head(len(data))
        self.wfile.write(data)

    def answer_endless(self, name: str) -> None:
        data = self._bytes(name) + bytes(100)
        self._head(len(data))
        self.wfile.write(data)

    def answer_broken(self, name: str) -> None:
        data = self._bytes(name)
        self._head(len(data))
        self.wfile.write(data[: len(data) // 2])

    def answer_cut(self, name: str) -> None:
        """Break off in the middle of the first response, and behave from then on."""
        if sum(n for path, n in self.server.asked.items() if path.startswith("cut/")) == 1:
            self.answer_broken(name)
        else:
            self.answer_good(name)

    def answer_stall(self, name: str) -> None:
        data = self._bytes(name)
        self._head(len(data))
        self.wfile.write(data[: len(data) // 2])
        self._hold()

    def answer_dribble(self, name: str) -> None:
        data = self._bytes(name)
        self._head(len(data))
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.let_go.wait(0.02):
                break

    def answer_silent(self, _name: str) -> None:
        self._hold()


@contextmanager
def serving(folder: Path) -> Iterator[MirrorServer]:
    """Serve the files of a folder; ends with all of its threads joined."""
    with MirrorServer(folder) as mirrors:
        thread = threading.Thread(target=mirrors.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mirrors
        finally:
            mirrors.let_go.set()
            mirrors.shutdown()
            thread.join()
