"""The doors of this room, by noun. Each loads through what the reader may see, and writes through one action."""
