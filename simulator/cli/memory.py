"""A limit of memory below which the libraries of a run do not load.

The linear algebra that numpy brings asks for its working memory again and again when it is refused, and never returns.
So the limit is looked at before anything is imported.
"""

from __future__ import annotations

from simulator.errors import MemoryLimitError

LEAST_MB = 750
"""Address space that a run of a toy needs: 600 MB are too little, 800 enough (Linux, two cores)."""


def require_memory() -> None:
    """Raise ``MemoryLimitError`` where this process may use less; systems without limits pass."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_MB * 10**6:
        raise MemoryLimitError(
            f"not enough memory: this process may use {limit / 1e6:.0f} MB, a run needs {LEAST_MB} or more; "
            "raise the limit (ulimit -v)"
        )
