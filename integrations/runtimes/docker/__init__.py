"""Containers of one or many Docker Engines, with a router of their own before each service."""
