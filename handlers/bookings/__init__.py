"""Who has an environment when: booking, changing that, waiting, and what time makes due."""
