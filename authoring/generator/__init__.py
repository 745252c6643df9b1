"""How the shipped reviews were made: invented viewers who rate and describe invented series."""
