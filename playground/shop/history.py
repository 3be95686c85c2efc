"""The story of the shop: who changed what when, and which of it was released.

1.2.0 of the api starts and then says that it is not well; 2.0.0 of the web ends at once; 2.1.0 of
the web needs a newer api and a newer Redis than some environments have.
"""

from __future__ import annotations

from dataclasses import dataclass

ADA = "Ada Okafor <ada@shop.example>"
BEN = "Ben Lindqvist <ben@shop.example>"
CHO = "Cho Tanaka <cho@shop.example>"


@dataclass(frozen=True)
class Step:
    """One commit. ``flaw`` is how the server misbehaves from here on; ``tag`` releases it;
    ``needs`` is what it says from here on in a file of its own."""

    author: str
    subject: str
    body: str
    tag: str = ""
    flaw: str = ""
    needs: str = ""


VISITS = """\
# What this release needs wherever it goes; the bot reads it once, from this very commit.
needs:
  services: {shop-api: ">=1.3", redis: ">=7"}
  memory: 64M
"""
API = (
    Step(ADA, "Answer with the list of products", "The shop has three products."),
    Step(BEN, "Add a health check", "GET /healthz says whether we can serve."),
    Step(ADA, "Show the price with tax", "Prices include 19 % tax.", tag="1.0.0"),
    Step(CHO, "Keep the basket for a week", "Baskets were lost after a day."),
    Step(BEN, "Log one line per request", "Method, path, status."),
    Step(CHO, "Reject an empty basket at checkout", "It used to answer 500.", tag="1.1.0"),
    Step(ADA, "Add vouchers", "A voucher takes a percentage off the basket."),
    Step(BEN, "Read vouchers from the new table", "Needs schema 42.", flaw="schema"),
    Step(ADA, "Speed up the product search", "Was 900 ms, is 40 ms.", tag="1.2.0", flaw="schema"),
    Step(BEN, "Accept schema 41 and 42", "1.2.0 refused the schema that production has."),
    Step(CHO, "Round vouchers down to the cent", "Half a cent made the totals differ."),
    Step(ADA, "Name the voucher on the receipt", "Customers asked.", tag="1.3.0"),
)
WEB = (
    Step(CHO, "Show the shop window", "A page with a name and a version."),
    Step(CHO, "Add a health check", "GET /healthz, like the api.", tag="1.0.0"),
    Step(ADA, "Use the system font", "One request less."),
    Step(CHO, "Make the page readable on a phone", "One column below 600 px.", tag="1.1.0"),
    Step(BEN, "Take the theme from a file", "So that marketing can change it.", flaw="theme"),
    Step(CHO, "Drop support for the old api", "Needs shop-api 1.3.", tag="2.0.0", flaw="theme"),
    Step(BEN, "Take the theme from the file as it is", "2.0.0 wanted colours in it."),
    Step(ADA, "Remember what was looked at", "Visits are kept in Redis 7.", "2.1.0", needs=VISITS),
)
SHOP = {"shop-api": (API, "#2f6f5e"), "shop-web": (WEB, "#3b4f9a")}
