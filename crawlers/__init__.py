"""The web → Post."""
