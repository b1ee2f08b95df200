"""Post → Membership: which earlier post it repeats."""

from dedupe.campaign import Campaign, Sighting, campaign
from dedupe.compare import Comparison, compare
from dedupe.explaining import explain
from dedupe.place import Placer, sketched
from dedupe.reading import Reading, read
from dedupe.shelf import Item, Placement, Shelf, Standing
from dedupe.sketch import SCHEME

__all__ = [
    "SCHEME",
    "Campaign",
    "Comparison",
    "Item",
    "Placement",
    "Placer",
    "Reading",
    "Shelf",
    "Sighting",
    "Standing",
    "campaign",
    "compare",
    "explain",
    "read",
    "sketched",
]
