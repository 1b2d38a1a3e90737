"""N-best lists out of the translation catalogues of installed packages, by a small translation system."""
