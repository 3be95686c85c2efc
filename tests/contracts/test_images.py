"""What every place of images promises: the docstring of ``Images``, held against a real registry, a
real Engine, and registries that misbehave."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from handlers.ports import Images, PortError
from integrations.images import registry as registries
from integrations.images.local import AnyImages, EngineImages
from integrations.images.registry import Registry, RegistryImages
from integrations.runtimes.docker.client import engine_at
from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX, image_id, push, variant
from tests.docker.registry import registry as real_registry
from tests.fakes import FakeImages

Move = Callable[[], str]
"""Pushes another image under the same tag; the exact image that it names from then on."""


@dataclass
class Shelf:
    """One place of images, the image that is there in version 1.0.0, and which bytes that is."""

    images: Images
    image: str
    exact: str
    move: Move


@pytest.fixture(params=["registry", "closed", "local", "fake"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "fake":
        yield _fake()
        return
    engine = request.getfixturevalue("engine")
    if request.param == "local":
        yield _local(engine)
        return
    is_closed = request.param == "closed"
    with real_registry(tmp_path, closed=is_closed) as host:
        yield _in_registry(engine, host, tmp_path, ("robot", "let-me-in") if is_closed else None)


def _fake() -> Shelf:
    images = FakeImages()
    one, other = (f"r.example.com/shop/api@sha256:{letter * 64}" for letter in "ab")
    images.there["r.example.com/shop/api:1.0.0"] = one

    def move() -> str:
        images.there["r.example.com/shop/api:1.0.0"] = other
        return other

    return Shelf(images, "r.example.com/shop/api", one, move)


def _local(engine: Engine) -> Shelf:
    def tagged(label: str) -> str:
        image = variant(engine.socket, BUSYBOX, ["true"], label)
        engine.ask("POST", f"/images/{image}/tag?repo=shelf/api&tag=1.0.0")
        return image

    exact = tagged("first")
    images = AnyImages(RegistryImages({}), EngineImages([engine_at("here", engine.url)]))
    return Shelf(images, "local/shelf/api", exact, lambda: tagged("second"))


def _in_registry(engine: Engine, host: str, folder: Path, who: tuple[str, str] | None) -> Shelf:
    name, keys = f"{host}/shop/api", folder / "keys"
    keys.write_text("\n".join([*(who or ("", "")), ""]), "utf-8")
    first = push(engine.socket, image_id(engine.socket, BUSYBOX), name, "1.0.0", who)

    def move() -> str:
        return push(engine.socket, variant(engine.socket, BUSYBOX, ["true"]), name, "1.0.0", who)

    images = AnyImages(RegistryImages({host: Registry(str(keys) if who else "")}), EngineImages(()))
    return Shelf(images, name, first, move)


def test_a_tag_is_the_bytes_that_are_there(shelf: Shelf) -> None:
    assert shelf.images.resolve(shelf.image, "1.0.0") == shelf.exact


def test_another_push_of_the_tag_is_other_bytes(shelf: Shelf) -> None:
    moved = shelf.move()
    assert moved != shelf.exact
    assert shelf.images.resolve(shelf.image, "1.0.0") == moved


def test_what_is_not_there_is_a_definite_no(shelf: Shelf) -> None:
    for image, tag in ((shelf.image, "9.9.9"), (f"{shelf.image}/nothing", "1.0.0")):
        with pytest.raises(PortError) as refused:
            shelf.images.resolve(image, tag)
        assert refused.value.permanent
        assert tag in refused.value.message


def test_two_engines_with_different_images_of_one_name_decide_nothing() -> None:
    class Other:
        def __init__(self, name: str, image: str) -> None:
            self.name, self.image = name, image

        def find(self, path: str) -> dict[str, str]:
            return {"Id": self.image}

    engines = [Other("a", "sha256:1"), Other("b", "sha256:2")]
    with pytest.raises(PortError, match="not the same everywhere"):
        EngineImages(engines).resolve("local/shop/api", "1.0.0")  # type: ignore[arg-type]


def test_only_registries_of_the_setup_are_asked() -> None:
    images = RegistryImages({"registry.example.com": Registry()})
    for image in ("docker.io/x/api", "registry.example.com.evil.com/x", "registry.example.comm/x"):
        with pytest.raises(PortError, match="in no registry that the setup allows") as refused:
            images.resolve(image, "1.0.0")
        assert refused.value.permanent


Reply = tuple[int, dict[str, str], bytes]


@contextmanager
def pretending(answer: Callable[[str, str], Reply]) -> Iterator[str]:
    """A registry that answers what it is told to, by path and by credentials."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # who asked has heard enough
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def resolve(host: str, keys: str = "") -> str:
    return RegistryImages({host: Registry(keys)}).resolve(f"{host}/shop/api", "1.0.0")


def test_the_digest_is_that_of_the_bytes_whatever_the_registry_claims() -> None:
    body = b'{"manifests": []}'

    def answer(path: str, who: str) -> Reply:
        return 200, {"Docker-Content-Digest": f"sha256:{'0' * 64}"}, body

    with pretending(answer) as host:
        assert resolve(host) == f"{host}/shop/api@sha256:{hashlib.sha256(body).hexdigest()}"


def test_a_token_is_fetched_with_the_password_and_the_password_goes_nowhere_else(
    tmp_path: Path,
) -> None:
    keys, seen = tmp_path / "keys", list[tuple[str, str]]()
    keys.write_text("robot\nsecret\n", "utf-8")

    def answer(path: str, who: str) -> Reply:
        seen.append((path.partition("?")[0], who.partition(" ")[0]))
        if path.startswith("/token"):
            assert "scope=repository" in path
            return 200, {}, json.dumps({"token": "t0k"}).encode()
        if who == "Bearer t0k":
            return 200, {}, b"{}"
        realm = f'Bearer realm="http://{host}/token",service="r",scope="repository:shop/api:pull"'
        return 401, {"WWW-Authenticate": realm}, b""

    with pretending(answer) as host:
        assert resolve(host, str(keys)).startswith(f"{host}/shop/api@sha256:")
    page = "/v2/shop/api/manifests/1.0.0"
    assert seen == [(page, ""), ("/token", "Basic"), (page, "Bearer")]


@pytest.mark.parametrize(
    ("reply", "said", "permanent"),
    [
        ((401, {"WWW-Authenticate": "Basic realm=x"}, b""), "check its credentials", True),
        ((403, {}, b""), "check its credentials", True),
        ((401, {"WWW-Authenticate": 'Bearer realm="ftp://x"'}, b""), "in a way that is not", True),
        ((302, {"Location": "http://elsewhere.example.com/"}, b""), "answered 302", False),
        ((429, {}, b""), "answered 429", False),
        ((503, {}, b""), "answered 503", False),
        ((200, {}, b"x" * (registries.SIZE + 1)), "answered too much", True),
    ],
)
def test_what_a_registry_answers_wrongly_is_one_sentence(
    reply: Reply, said: str, permanent: bool
) -> None:
    with pretending(lambda path, who: reply) as host, pytest.raises(PortError) as refused:
        resolve(host)
    assert said in refused.value.message
    assert refused.value.permanent is permanent


def test_a_registry_that_is_not_there_may_come_back() -> None:
    with pytest.raises(PortError, match=r"does not answer\.") as refused:
        resolve("127.0.0.1:1")
    assert not refused.value.permanent


def test_a_stalling_registry_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "LIMIT", 0.2)
    stop = threading.Event()

    def answer(path: str, who: str) -> Reply:
        stop.wait(5)
        return 200, {}, b""

    with pretending(answer) as host:
        with pytest.raises(PortError, match="does not answer"):
            resolve(host)
        stop.set()


def test_unreadable_credentials_are_said_with_their_place(tmp_path: Path) -> None:
    def answer(path: str, who: str) -> Reply:
        return 401, {"WWW-Authenticate": "Basic realm=x"}, b""

    with pretending(answer) as host, pytest.raises(PortError, match="cannot be read from"):
        resolve(host, str(tmp_path / "nothing"))
