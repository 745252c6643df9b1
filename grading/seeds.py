"""What is drawn from the course's key: random to whoever does not know the key, and the same each time."""

import hashlib
import hmac


def keyed(key: bytes, purpose: str, *of: bytes) -> bytes:
    """Return 32 bytes for a purpose and for the bytes in `of`; other purposes get others, and none tells the key."""
    parts = [purpose.encode(), *of]
    return hmac.digest(key, b"".join(hashlib.sha256(part).digest() for part in parts), "sha256")


def seed(key: bytes, purpose: str, *of: bytes) -> int:
    """Return a number below 2**56, as `keyed` returns bytes."""
    return int.from_bytes(keyed(key, purpose, *of)[:7], "big")
