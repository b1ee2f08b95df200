"""A command → the stages that do it, in order."""
