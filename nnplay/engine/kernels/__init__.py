"""Steps of dense networks in C: no interpreter and no lock in between."""
