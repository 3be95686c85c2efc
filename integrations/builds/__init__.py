"""Where images are built from the commits of releases."""
