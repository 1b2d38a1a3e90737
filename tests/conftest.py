"""What holds for all tests: examples that hypothesis draws are the same in every run."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True)
settings.load_profile("fixed")
