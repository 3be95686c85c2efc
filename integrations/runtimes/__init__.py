"""What really runs things: one folder per kind of runtime."""
