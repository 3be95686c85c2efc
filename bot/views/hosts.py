"""What every host has, what of it is free, and what it keeps."""

from __future__ import annotations

from bot.views import blocks, words
from bot.views.message import Message, message
from bot.views.suitability import amount
from bot.views.told import Told

NEARLY_ALL = 0.9
"""Share of the networks there can be, from which on there is a warning."""


def draw_hosts(told: Told) -> Message:
    hosts = told.each("hosts")
    if not hosts:
        said = "No host has been read yet; that happens every minute."
        return message(said, [blocks.section(said)])
    lines = [_host(one) for one in hosts]
    full = [one["name"] for one in hosts if one.get("full")]
    text = words.plural(len(hosts), "host")
    text += f", the disk of {words.one_of(full, 'and')} is nearly full" if full else ""
    small = "`/ops leftovers` lists what can be removed safely"
    return message(text, [*(blocks.section(line) for line in lines), blocks.context(small)])


def _host(told: Told) -> str:
    places = words.one_of(map(words.escape, told.items("environments")), "and")
    head = f"*{told['name']}* · runtime {told['runtime']}" + (f" · {places}" if places else "")
    if told.has("error"):
        read = f" Last read {told.when('read')}." if told.has("read") else ""
        return f"{head}\n⚠️ {told.long('error')}{read}"
    cores = told.get("cores")
    facts = [f"{told.number('running')} running"]
    if isinstance(cores, int | float):
        facts.append(f"{float(told.get('busy') or 0):.1f} of {cores:g} cores busy")
    facts.append(f"memory {_free(told, 'free_memory', 'memory')}")
    if told.has("disk"):
        warn = "🚨 " if told.get("full") else ""
        facts.append(f"{warn}disk {_free(told, 'free_disk', 'disk')}")
    kept = " · ".join(_kept(told))
    return f"{head}\n{' · '.join(facts)} (read {told.when('read')})" + (f"\n{kept}" if kept else "")


def _kept(told: Told) -> list[str]:
    """What is kept there, where the runtime says so."""
    said = [f"images {amount('disk', told.get('images'))}"] if told.number("images") else []
    if told.number("volumes"):
        said.append(words.plural(told.number("volumes"), "volume"))
    networks, most = told.number("networks"), told.number("most_networks")
    if networks:
        warn = "🚨 " if most and networks >= NEARLY_ALL * most else ""
        said.append(f"{warn}{words.plural(networks, 'network')}" + (f" of {most}" if most else ""))
    return said


def _free(told: Told, free: str, whole: str) -> str:
    return f"{amount('disk', told.get(free))} of {amount('disk', told.get(whole))} free"
