"""`python -m sangtin` → the command line."""

from sangtin.cli import main

main()
