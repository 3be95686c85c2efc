"""The service that the runtime tests deploy; how it behaves is its second word.

python3 served.py PORT well|sick|dies|fades|bomb|late|stubborn|redirects|drips|hungry [HOST]
"""

import os
import select
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, BEHAVIOUR = int(sys.argv[1]), sys.argv[2]
HOST = sys.argv[3] if len(sys.argv) > 3 else "127.0.0.1"
FADED = threading.Event()
VERSION = os.environ.get("STATION_VERSION", "?")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if BEHAVIOUR == "fades" and self.path != "/healthz" and not FADED.is_set():
            FADED.set()  # well until it has traffic: it finishes what it has begun, and fails
            threading.Timer(0.5, self.server.shutdown).start()
        if BEHAVIOUR == "hungry" and self.path != "/healthz":
            eaten = [b"x" * 2**20 for _ in range(500)]
            time.sleep(len(eaten))
        if BEHAVIOUR == "stubborn" and self.path == "/stuck":
            time.sleep(60)
        if self.path.startswith("/slow"):
            time.sleep(float(self.path.partition("?")[2] or 2))
        if self.path == "/env":
            self.answer(200, "\n".join(sorted(f"{k}={v}" for k, v in os.environ.items())))
        elif self.path == "/healthz":
            self.health()
        else:
            self.answer(200, f"{VERSION} {self.path}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.answer(200, f"{VERSION} {len(body)}")

    def health(self) -> None:
        if BEHAVIOUR == "redirects":
            self.send_response(302)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif BEHAVIOUR == "drips":
            for letter in "HTTP/1.1 200 OK\r\n" * 50:
                self.wfile.write(letter.encode())
                self.wfile.flush()
                time.sleep(0.05)
        else:
            sick = BEHAVIOUR == "sick"
            self.answer(500 if sick else 200, "the \x1b[31mschema\u202e is wrong" if sick else "")

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    timeout = 0

    def finish(self) -> None:
        """Answer also who is in line already: Python itself hangs up on them when it stops, and
        what may have been done is asked of nobody else."""
        while select.select([self], [], [], 0)[0]:
            self.handle_request()


def main() -> None:
    if BEHAVIOUR == "dies":
        print("Traceback: no theme")
        sys.exit(3)
    if BEHAVIOUR == "bomb":
        block = b"\x1b]0;title\x07\x1b[31m<!channel> \xff\xfe" + b"x" * 5000 + b"\n"
        for _ in range(4000):
            os.write(1, block)
    server = Server((HOST, PORT), Handler)
    stop = threading.Thread(target=server.shutdown)
    if BEHAVIOUR == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda *_: stop.start())
    server.serve_forever(poll_interval=0.02)
    server.finish()
    server.server_close()
    if FADED.is_set():
        print("Traceback: no theme", flush=True)
        os._exit(3)


if __name__ == "__main__":
    main()
