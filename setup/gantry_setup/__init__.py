"""Prepares, runs, tests and measures Gantry on a Debian machine. Standard library only."""
