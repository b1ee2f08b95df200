"""Record and search → the pages that people look at."""
