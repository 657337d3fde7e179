"""Base images: the catalogue, how each is pulled or made, and which one a reference means."""
