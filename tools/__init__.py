"""Commands that run the session where and how others would: on other machines, on a graphics card, from nothing."""
