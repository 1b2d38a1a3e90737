"""What experiments can optimise: one file a family, which holds a tuple ``PLUGINS``."""
