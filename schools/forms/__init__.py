"""Input shapes of this room's pages. They read and check what was typed; actions write."""
