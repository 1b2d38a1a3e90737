"""Optimisers that experiments can name: one file each, or a family, which holds a tuple ``PLUGINS``."""
