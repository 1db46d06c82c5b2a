"""Text of a file: UTF-8, with or without a byte-order mark; what else it may be is called by its name."""

from __future__ import annotations

import re

from simulator.files import Unreadable
from simulator.files.kinds import SAVE_AS_CSV, kind_of

LINE_BREAK = re.compile(r"\r\n|\r|\n")


def decode(content: bytes, advice: str = SAVE_AS_CSV) -> str:
    """The text in these bytes. Raises ``Unreadable``, with the place of the first byte that is no UTF-8."""
    if found := kind_of(content[:4096]):
        raise Unreadable(f"this is {found[0]}, not a text", found[1])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("the file is in UTF-16, not UTF-8", advice, 1, 1)
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(content[: error.start].decode("utf-8"))
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise Unreadable(message, advice, len(before), len(before[-1]) + 1) from error
