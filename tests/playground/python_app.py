"""A Bolt app for Python, as anybody would write it; node_app/app.js is its twin."""
# mypy: ignore-errors

import os

import requests
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = App(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET"))


def plain(text):
    return {"type": "plain_text", "text": text}


NAME = {
    "type": "input",
    "block_id": "name",
    "label": plain("Name"),
    "element": {"type": "plain_text_input", "action_id": "text"},
}
FRUIT = {
    "type": "section",
    "block_id": "fruit",
    "text": plain("Fruit"),
    "accessory": {"type": "external_select", "action_id": "fruit", "min_query_length": 1},
}
PLACE = {
    "type": "input",
    "block_id": "place",
    "optional": True,
    "label": plain("Where"),
    "element": {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
    },
}


def form(title, *blocks):
    return {
        "type": "modal",
        "callback_id": "form",
        "notify_on_close": True,
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": blocks,
    }


def button(text, action_id):
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": action_id}


CHOICE = {
    "type": "actions",
    "block_id": "choice",
    "elements": [
        button("Approve", "approve"),
        button("Replace", "replace"),
        button("Edit", "edit"),
    ],
}


@app.command("/say")
def say_it(ack, command):
    ack(f"You said {command['text']}")


@app.command("/tell")
def tell(ack, command):
    ack(response_type="in_channel", text=f"Told: {command['text']}")


@app.command("/form")
def open_form(ack, command, client):
    ack()
    client.views_open(trigger_id=command["trigger_id"], view=form("Form", NAME, FRUIT, PLACE))


@app.command("/ask")
def ask(ack, command, client):
    ack()
    client.chat_postMessage(channel=command["channel_id"], text="Deploy?", blocks=[CHOICE])


@app.action("approve")
def approve(ack, body, client):
    ack()
    channel, ts, user = body["channel"]["id"], body["message"]["ts"], body["user"]["id"]
    client.chat_update(channel=channel, ts=ts, text=f"Approved by <@{user}>")
    client.chat_postMessage(channel=channel, thread_ts=ts, text="Deploying")
    client.chat_postEphemeral(channel=channel, user=user, text="Thank you")


@app.action("replace")
def replace(ack, respond):
    ack()
    respond(replace_original=True, text="Replaced")


@app.action("edit")
def edit(ack, body, client):
    ack()
    client.views_open(trigger_id=body["trigger_id"], view=form("Edit", NAME))


@app.action("fruit")
def picked(ack, body, client):
    ack()
    fruit = body["actions"][0]["selected_option"]["value"]
    client.chat_postMessage(channel=body["user"]["id"], text=f"Picked {fruit}")


@app.options("fruit")
def fruits(ack, payload):
    found = [one for one in ("apple", "apricot", "banana") if one.startswith(payload["value"])]
    ack(options=[{"text": plain(one), "value": one} for one in found])


@app.view("form")
def submitted(ack, view, body, client):
    given = view["state"]["values"]["name"]["text"]["value"]
    answers = {
        "taken": {"response_action": "errors", "errors": {"name": "Taken"}},
        "more": {"response_action": "push", "view": form("More", NAME)},
        "other": {"response_action": "update", "view": form("Other", NAME)},
        "all": {"response_action": "clear"},
    }
    ack(**answers.get(given, {}))
    if given in answers:
        return
    client.chat_postMessage(channel=body["user"]["id"], text=f"Hello {given}")
    for url in body["response_urls"]:
        said = {"response_type": "in_channel", "text": f"{given} was here"}
        requests.post(url["response_url"], json=said, timeout=10)


@app.view_closed("form")
def closed(ack, body, client):
    ack()
    everything = str(body["is_cleared"]).lower()
    client.chat_postMessage(channel=body["user"]["id"], text=f"Closed, all: {everything}")


@app.shortcut("open")
def shortcut(ack, shortcut, client):
    ack()
    client.views_open(trigger_id=shortcut["trigger_id"], view=form("Shortcut", NAME))


@app.shortcut("quote")
def quote(ack, shortcut, respond):
    ack()
    respond(f"Quoted: {shortcut['message']['text']}")


@app.event("app_home_opened")
def home(event, client):
    blocks = [{"type": "section", "text": plain(f"Welcome, {event['user']}")}]
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@app.event("app_mention")
def mentioned(event, say, request):
    retry = request.headers.get("x-slack-retry-num", ["0"])[0]
    say(text=f"You called ({retry})", thread_ts=event["ts"])


@app.event("message")
def heard(event, say):
    if event["channel_type"] == "im" and "subtype" not in event:
        say(f"Echo: {event['text']}")


@app.event("user_change")
def changed(event, client):
    client.chat_postMessage(channel="C0OPS", text=f"{event['user']['id']} has changed")


@app.event("member_joined_channel")
def joined(event, client):
    client.chat_postMessage(channel=event["channel"], text=f"Welcome, {event['user']}")


if __name__ == "__main__":
    if port := os.environ.get("APP_PORT"):
        app.start(int(port))
    else:
        SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
