"""The exercises, a folder each, and `checks`, by which notebooks call what is in them."""
