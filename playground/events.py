"""The Events API: what happens in the workspace that the manifest subscribes to."""

from playground.background import Background
from playground.channels import Channel
from playground.clock import ShiftedClock, Stamps
from playground.dispatch import Dispatch
from playground.envelope import DeliveryFailed, Envelope
from playground.limits import Limits
from playground.manifest import Manifest
from playground.payloads import Payloads
from playground.people import Person, Usergroup
from playground.shapes import JSON
from playground.views import Views
from playground.workspace import Workspace

# Slack tries again at once, after a minute, after five.
_RETRY_SECONDS = (0.0, 60.0, 300.0)
# The word events have for each kind of conversation.
_CHANNEL_TYPES = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


class Events:
    """Sends events in the background; people never wait for them."""

    def __init__(
        self,
        manifest: Manifest,
        workspace: Workspace,
        views: Views,
        dispatch: Dispatch,
        stamps: Stamps,
        clock: ShiftedClock,
        limits: Limits,
    ) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._views = views
        self._payloads = Payloads(workspace)
        self._dispatch = dispatch
        self._stamps = stamps
        self._clock = clock
        self._limits = limits
        self._minute_told = -1
        self._deliveries = Background()

    def app_opened(self, user: Person, tab: str) -> None:
        """Tell the app that someone opened it: its ``home`` or its ``messages``."""
        event = {"user": user.id, "channel": self._workspace.im_id(user.id), "tab": tab}
        home = self._views.home(user.id)
        if home and tab == "home":
            self.happened("app_home_opened", {**event, "view": self._views.slack(home)})
        else:
            self.happened("app_home_opened", event)

    def said(self, channel: Channel, message: JSON) -> None:
        """Tell the app of a new message: in its direct messages, to it, or in a channel it is in.

        Slack sends the app its own messages as well, but never as a mention.
        """
        app = self._workspace.app.user_id
        if app not in channel.members:
            return
        event = {**message, "channel": channel.id, "event_ts": message["ts"]}
        self._message(channel, event)
        called = f"<@{app}>" in message.get("text", "") and message.get("user") != app
        if called and not channel.is_im:
            self.happened("app_mention", event, channel=channel)

    def changed(self, channel: Channel, message: JSON, previous: JSON) -> None:
        """Tell the app that a message reads differently now."""
        versions = {"message": message, "previous_message": previous}
        self._message(channel, self._hidden("message_changed", channel) | versions)

    def deleted(self, channel: Channel, previous: JSON) -> None:
        """Tell the app that a message is gone."""
        gone = {"deleted_ts": previous["ts"], "previous_message": previous}
        self._message(channel, self._hidden("message_deleted", channel) | gone)

    def _hidden(self, subtype: str, channel: Channel) -> JSON:
        ts = self._stamps.next()
        return {"subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}

    def _message(self, channel: Channel, event: JSON) -> None:
        if self._workspace.app.user_id in channel.members:
            event = {**event, "channel_type": _CHANNEL_TYPES[channel.kind]}
            wanted = f"message.{channel.family}"
            self.happened("message", event, channel=channel, subscription=wanted)

    def person_changed(self, person: Person) -> None:
        """Tell the app that a profile or an account is different."""
        now, with_email = self._clock.now(), "users:read.email" in self._manifest.scopes
        shown = person.slack(now=now, with_email=with_email)
        self.happened("user_change", {"user": shown, "cache_ts": int(now)})

    def group_changed(self, group: Usergroup, before: Usergroup) -> None:
        """Tell the app that a user group is different, and whether its members are."""
        team = self._workspace.team.id
        added = [user for user in group.users if user not in before.users]
        removed = [user for user in before.users if user not in group.users]
        self.happened("subteam_updated", {"subteam": group.slack(team, with_users=True)})
        if not added and not removed:
            return
        change = {
            "subteam_id": group.id,
            "team_id": team,
            "date_previous_update": before.updated,
            "date_update": group.updated,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
        }
        self.happened("subteam_members_changed", change)

    def member_changed(self, channel: Channel, user: str, *, joined: bool, by: str = "") -> None:
        """Tell the app who came into a channel, brought in by whom, or left one."""
        where = {"channel": channel.id, "channel_type": channel.id[0]}
        who = {"user": user, "team": self._workspace.person(user).team_id}
        kind = "member_joined_channel" if joined else "member_left_channel"
        inviter = {"inviter": by} if by else {}
        self.happened(kind, {**who, **where, **inviter}, channel=channel)

    def happened(
        self, kind: str, event: JSON, *, channel: Channel | None = None, subscription: str = ""
    ) -> None:
        """Tell the app of an event of this type, if the manifest subscribes to it."""
        if (subscription or kind) not in self._manifest.events:
            return
        # A message that was already said has its own time; everything else happens now.
        stamp = event.get("event_ts") or self._stamps.next()
        whole = {**event, "type": kind, "event_ts": stamp}
        shared = bool(channel and channel.shared_with)
        payload = self._payloads.event(whole, self._clock.now(), shared=shared)
        minute = self._limits.event()
        if minute is None:
            self._deliveries.start(self._deliver(kind, payload))
        elif minute > self._minute_told:
            self._minute_told = minute
            told = self._payloads.rate_limited(minute)
            self._deliveries.start(self._deliver("app_rate_limited", told))

    async def _deliver(self, name: str, payload: JSON) -> None:
        retry = (0, "")
        for attempt, seconds in enumerate((0.0, *_RETRY_SECONDS), start=1):
            await self._clock.sleep(seconds)
            try:
                await self._dispatch.send(Envelope("events_api", payload, False, name, retry))
                return
            except DeliveryFailed as failed:
                if failed.final:
                    return
                retry = (attempt, failed.reason)

    async def close(self) -> None:
        """Give up on whatever is still to be delivered."""
        await self._deliveries.close()
