"""The sandbox: one process that runs code nobody has read, and the proof that it is isolated."""
