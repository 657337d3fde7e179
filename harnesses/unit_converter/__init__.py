"""Checks of the unit converter."""
