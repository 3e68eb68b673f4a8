"""The page Search: ask for one, watch it, read what it found."""
