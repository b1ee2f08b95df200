"""Post → Membership: which earlier post it repeats."""
