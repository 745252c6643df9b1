"""What students handed in: files and archives, read, and their cells matched with those of the release."""
