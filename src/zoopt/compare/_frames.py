"""Messages as bytes that follow each other in a pipe."""

import os
import struct

LENGTH = struct.Struct("<Q")
"""What goes before every message."""

_READ = 2**20


class Frames:
    """Reads whatever is in a pipe, and returns the messages that are complete."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._held = bytearray()

    def read(self) -> list[bytes] | None:
        """Return the messages that have come, perhaps none, after waiting for a part of one; None at the end."""
        try:
            part = os.read(self._pipe, _READ)
        except OSError:
            return None
        if not part:
            return None
        self._held += part
        found = []
        at = 0
        while len(self._held) - at >= LENGTH.size:
            end = at + LENGTH.size + LENGTH.unpack_from(self._held, at)[0]
            if end > len(self._held):
                break
            found.append(bytes(self._held[at + LENGTH.size : end]))
            at = end
        del self._held[:at]
        return found
