"""Keeps the data of services."""
