"""The demo's shop: two small services with a history, as real git repositories."""

from playground.shop.repositories import make_shop

__all__ = ["make_shop"]
