"""The demo: a small believable shop, its knowledge and a day of its conversations."""
