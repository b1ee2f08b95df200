"""Record and search → people: JSON and screens."""
