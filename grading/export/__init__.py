"""Putting marks where they are entered: into the file that the platform imports."""
