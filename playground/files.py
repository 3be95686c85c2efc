"""Files: upload tickets, the bytes, where they are shared, and what was deleted (SLACK.md 4.12)."""

import mimetypes
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from urllib.parse import quote

from playground import ids
from playground.channels import Channel
from playground.clock import Clock
from playground.images import look_at
from playground.shapes import JSON
from playground.store import Store

_NAMES = {
    "png": "PNG",
    "jpg": "JPEG",
    "gif": "GIF",
    "webp": "WebP",
    "pdf": "PDF",
    "txt": "Plain Text",
}


class FileRefused(Exception):
    """A file cannot be found or used; ``code`` is Slack's error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class File:
    """A file of the app, or of the ``user`` who added it to a form.

    ``length`` is what its ticket promised, ``size`` what came.
    """

    id: str
    name: str
    length: int
    created: int
    ticket: str
    user: str = ""
    alt_text: str = ""
    title: str = ""
    size: int = -1
    mimetype: str = ""
    filetype: str = ""
    width: int = 0
    height: int = 0
    complete: bool = False
    deleted: bool = False
    shares: JSON = field(default_factory=dict)


class Files:
    """The files of a workspace: those the app uploaded, and those people added to its forms."""

    def __init__(self, store: Store, clock: Clock, base_url: str, owner: tuple[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._base_url = base_url
        self._user, self._team = owner
        self._files = {key: File(**file) for key, file in store.all("file")}

    def promise(self, name: str, length: int, alt_text: str) -> tuple[str, str]:
        """Return the address to upload a file of this length to, and its id."""
        ticket = ids.mixed(24)
        made = int(self._clock.now())
        file = self._keep(File(ids.capitals("F"), name, length, made, ticket, alt_text=alt_text))
        return f"{self._base_url}/upload/v1/{ticket}", file.id

    def promised(self, ticket: str) -> File:
        """Return the file an upload address is for; raise FileRefused once it is complete."""
        for file in self._files.values():
            if file.ticket == ticket and not (file.complete or file.deleted):
                return file
        raise FileRefused("file_not_found")

    def receive(self, file: File, content: bytes) -> None:
        """Take the bytes of a file."""
        self._store.put_content(file.id, content)
        image = look_at(content)
        suffix = PurePath(file.name).suffix.lower().removeprefix(".")
        guess = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._keep(
            replace(
                file,
                size=len(content),
                mimetype=image.mimetype if image else guess,
                filetype=image.filetype if image else suffix or "binary",
                width=image.width if image else 0,
                height=image.height if image else 0,
            )
        )

    def added(self, user: str, name: str, content: bytes) -> File:
        """Keep what a person adds to a form; the app and they alone see it."""
        made = int(self._clock.now())
        file = File(ids.capitals("F"), name, len(content), made, ids.mixed(24), user)
        self.receive(self._keep(file), content)
        return self.complete(file.id, name)

    def complete(self, file_id: str, title: str) -> File:
        """Finish an upload; raise FileRefused when its bytes are not the promised ones."""
        file = self._files.get(file_id)
        if file is None or file.complete or file.deleted:
            raise FileRefused("file_not_found")
        if file.size != file.length:
            raise FileRefused("file_update_failed")
        return self._keep(replace(file, complete=True, title=title or file.name))

    def find(self, file_id: str) -> File:
        """Return a complete file; raise FileRefused file_not_found or file_deleted."""
        file = self._files.get(file_id)
        if file is None or not file.complete:
            raise FileRefused("file_not_found")
        if file.deleted:
            raise FileRefused("file_deleted")
        return file

    def at(self, url: str) -> File:
        """Return the file with this private address or permalink; raise FileRefused."""
        for file in self._files.values():
            shown = self.slack(file)
            if url in (shown["url_private"], shown["permalink"]):
                return self.find(file.id)
        raise FileRefused("file_not_found")

    def content(self, file: File) -> bytes:
        """Return the bytes of a file."""
        return self._store.content(file.id)

    def shared(self, file: File, channel: Channel, ts: str) -> File:
        """Note that a message shows a file."""
        share = {
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "ts": ts,
            "channel_name": channel.name,
            "team_id": self._team,
            "share_user_id": self._user,
        }
        access = "public" if channel.kind == "public_channel" else "private"
        places = file.shares.get(access, {})
        places = {**places, channel.id: [*places.get(channel.id, []), share]}
        return self._keep(replace(file, shares={**file.shares, access: places}))

    def delete(self, file: File) -> None:
        """Delete a file and its bytes; its id stays known."""
        self._store.delete_content(file.id)
        self._keep(replace(file, deleted=True))

    def _keep(self, file: File) -> File:
        self._files[file.id] = file
        self._store.put("file", file.id, asdict(file))
        return file

    def slack(self, file: File) -> JSON:
        """Return the file object of files.info and of messages."""
        name = quote(file.name, safe="")
        address = f"{self._base_url}/files-pri/{self._team}-{file.id}"
        private = list(file.shares.get("private", ()))
        shown: JSON = {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.filetype,
            "pretty_type": _NAMES.get(file.filetype, file.filetype.upper()),
            "user": file.user or self._user,
            "user_team": self._team,
            "editable": False,
            "size": file.size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": "public" in file.shares,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{address}/{name}",
            "url_private_download": f"{address}/download/{name}",
            "permalink": f"{self._base_url}/files/{file.user or self._user}/{file.id}/{name}",
            "shares": file.shares,
            "channels": list(file.shares.get("public", ())),
            "groups": [place for place in private if not place.startswith("D")],
            "ims": [place for place in private if place.startswith("D")],
            "has_more_shares": False,
            "has_rich_preview": False,
            "file_access": "visible",
            "comments_count": 0,
            "is_starred": False,
        }
        return {**shown, **_picture(file, shown["url_private"])} if file.width else shown


def _picture(file: File, url: str) -> JSON:
    """Return what only an image has; its thumbnails are the image itself."""
    return {
        **{f"thumb_{size}": url for size in (64, 80, 160, 360, 480)},
        "media_display_type": "unknown",
        "original_w": file.width,
        "original_h": file.height,
        "alt_txt": file.alt_text,
    }
