"""Decides and records. Asks come in through the gate; durable work acts; snapshots show."""
