"""Record and search → people: the screens and the JSON API."""
