"""Acts: durable workflows, one file each, read top to bottom; what they need is in ``bench``."""
