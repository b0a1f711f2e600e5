"""A slow, plain-Python reference of the indicators, written from their definitions alone.

It reads rows as dicts, uses only the standard library and nothing of `lib`, and serves as the independent
answer that the database queries are compared with.
"""

from tests.plain.compute import compute
from tests.plain.data import Raw

__all__ = ["Raw", "compute"]
