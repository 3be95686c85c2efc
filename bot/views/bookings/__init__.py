"""How bookings, the wait-list and people's locks are told. Pure."""
