"""Pure rules: frozen facts in, a verdict out. No clock, no database, no network."""
