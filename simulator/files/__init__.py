"""Files from outside: what kind of file it is, netCDF within the limits of memory, tables as spreadsheets save them.

Whatever a file contains, its readers return data or raise ``Unreadable``; only the disk's own errors stay ``OSError``.
"""

from __future__ import annotations


class Unreadable(Exception):
    """A file that cannot be used: what is wrong, where, and what to do."""

    def __init__(self, message: str, help: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.help, self.line, self.column = message, help, line, column
