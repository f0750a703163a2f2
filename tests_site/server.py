"""A static server on this machine that compresses, as the hosts of such sites do."""

import gzip
import mimetypes
import posixpath
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


@cache
def read(path, modified):
    """Return the content of a file, its type, and its content as sent to a browser."""
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    sent = gzip.compress(content, 6) if kind.startswith(TEXT) else None
    return kind, content, sent


class Server:
    """Serves a folder below a path of a free port, as long as its ``with`` block lasts.

    ``policy`` is sent with every page: what a browser may load and run.
    """

    def __init__(self, folder, below="/", policy=None):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                address = unquote(urlsplit(self.path).path)
                inside = posixpath.normpath(address).startswith(below.rstrip("/"))
                path = Path(folder, address.removeprefix(below)) if inside else None
                if path and path.is_dir():
                    path = path / "index.html"
                if not (path and path.is_file()):
                    missing = Path(folder, "404.html")
                    known = missing.is_file()
                    content = missing.read_bytes() if known else b"not found"
                    self.answer(404, "text/html" if known else "text/plain", content)
                    return
                kind, content, sent = read(path, path.stat().st_mtime_ns)
                if sent and "gzip" in self.headers.get("Accept-Encoding", ""):
                    self.answer(200, kind, sent, ("Content-Encoding", "gzip"))
                else:
                    self.answer(200, kind, content)

            def answer(self, status, kind, content, *headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Cache-Control", "max-age=600")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                for header in headers:
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}{below}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
