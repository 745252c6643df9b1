"""The instructor's tools for making notebooks: execute, normalise, release."""
