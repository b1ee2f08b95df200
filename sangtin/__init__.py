"""Sàng Tin: sieve public Vietnamese posts so that a small team finds the few that matter."""
