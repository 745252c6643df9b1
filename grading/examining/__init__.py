"""Examining answers: hidden tests, the reference, and the marking of a submission."""
