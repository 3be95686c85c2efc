"""A Docker Engine, a registry and images of the tests' own, all from Debian's packages."""
