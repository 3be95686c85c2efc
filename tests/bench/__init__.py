"""``make bench``: what Stationmaster costs, measured beside the same thing without it."""
