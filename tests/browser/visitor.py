"""Somebody in front of the page: finds things as a person would, by name and role."""

from __future__ import annotations

import re
from typing import Any

PATIENCE = 30_000.0
CHANNEL = "C0OPS"


class Visitor:
    """One browser window."""

    def __init__(self, page: Any, base_url: str) -> None:
        self.page, self.base_url = page, base_url
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def opens(self, channel: str = CHANNEL, user: str = "U0ANA") -> None:
        """Go to a channel, from wherever this window is."""
        if f"as={user}" not in self.page.url:
            self.page.goto(f"{self.base_url}/?as={user}#{channel}")
        else:
            self.page.evaluate("place => { location.hash = place }", f"#{channel}")
        self.page.wait_for_function(
            "id => document.querySelector('[aria-current=page]')?.dataset.channel === id",
            arg=channel.split("/")[0],
        )

    def reloads(self) -> None:
        self.page.reload()
        self.page.locator("#composer-input").wait_for()

    def message(self, text: str | re.Pattern[str]) -> Any:
        """The newest message that says this."""
        return self.page.locator("#timeline article", has_text=text).last

    def at(self, ts: str) -> Any:
        """The message with this ts, once it is there."""
        found = self.page.locator(f'#timeline article[data-ts="{ts}"]')
        found.wait_for()
        return found

    def sees(self, text: str | re.Pattern[str]) -> Any:
        found = self.message(text)
        found.wait_for()
        return found

    def control(self, action_id: str, within: Any = None) -> Any:
        return (within or self.page).locator(f'[data-action-id="{action_id}"]').last

    def chooses(self, action_id: str, *labels: str, typing: str = "", within: Any = None) -> None:
        """Choose from a menu by the words people see."""
        box = self.control(action_id, within).get_by_role("combobox")
        box.click()
        if typing:
            box.press_sequentially(typing)
        for label in labels:
            self.page.locator(".options:popover-open").get_by_role("option", name=label).click()
        if self.page.locator(".options:popover-open").count():
            box.press("Escape")

    def types(self, text: str) -> None:
        box = self.page.locator("#composer-input")
        box.fill(text)
        box.press("Enter")

    @property
    def dialog(self) -> Any:
        return self.page.locator("dialog#modal")

    @property
    def focused(self) -> str:
        """What has the focus, by its accessible name or words."""
        return str(
            self.page.evaluate(
                """() => { const it = document.activeElement;
                return it.getAttribute('aria-label') || it.labels?.[0]?.textContent
                  || it.textContent.trim() || it.tagName }"""
            )
        )
