"""Hears and speaks: Slack, the clock and the command line. Decides nothing."""
