"""A bucket that speaks as much of S3 as boto3 needs to store, read and remove an object."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Requests(BaseHTTPRequestHandler):
    server: "Bucket"

    def do_PUT(self):
        self.server.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(200)

    def do_HEAD(self):
        found = self.server.objects.get(self.path)
        self._say(404) if found is None else self._say(200, length=len(found))

    def do_GET(self):
        found = self.server.objects.get(self.path.partition("?")[0])
        if found is None:
            self._say(404)
            return
        self._say(200, length=len(found))
        self.wfile.write(found)

    def do_DELETE(self):
        self.server.objects.pop(self.path, None)
        self._say(204)

    def _say(self, status: int, *, length: int = 0) -> None:
        self.server.signed.append("AWS4-HMAC-SHA256" in self.headers.get("Authorization", ""))
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Tue, 03 Mar 2026 08:00:00 GMT")
        self.end_headers()

    def log_message(self, *_words):
        return


class Bucket(ThreadingHTTPServer):
    """`objects` by path; `signed` says of each request whether it was."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Requests)
        self.objects: dict[str, bytes] = {}
        self.signed: list[bool] = []


@contextmanager
def bucket():
    """`(url, bucket)`"""
    server = Bucket()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server
    finally:
        server.shutdown()
        server.server_close()
