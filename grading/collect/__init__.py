"""Collecting what students handed in, from where the platform puts it."""
