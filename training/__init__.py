"""Review → a better model."""
