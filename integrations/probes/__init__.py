"""Looks at what is not ours."""
