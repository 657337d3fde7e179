"""Command-line programs: what is called, whatever its author named it."""
