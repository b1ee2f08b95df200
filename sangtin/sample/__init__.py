"""The bundled sample: synthetic posts about a city, written for the demo and for nothing else.

Every post here is invented. No model of Sàng Tin is trained on it, and it shares no text
with `training/seed`.
"""

from __future__ import annotations

from sangtin.sample.cards import sources
from sangtin.sample.stream import POSTS, SEED, Truth, generate, truth

__all__ = ["POSTS", "SEED", "Truth", "generate", "sources", "truth"]
