"""Releases as services of a swarm: the cluster does the distributed part, ``runtime.SwarmRuntime``
orders and watches."""
