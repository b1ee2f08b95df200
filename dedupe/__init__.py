"""Post → Membership: which earlier post it repeats."""

from dedupe.place import Placer
from dedupe.shelf import Item, Placement, Shelf, Standing
from dedupe.sketch import SCHEME

__all__ = ["SCHEME", "Item", "Placement", "Placer", "Shelf", "Standing"]
