"""Acts: what implements the ports. Each knows its own SDK and ``handlers.ports``, nothing else."""
