"""Settings of the documentation."""

import sys
from pathlib import Path

import zoopt

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "zoopt"
author = "The zoopt developers"
project_copyright = author
version = release = zoopt.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "numpydoc", "catalogue", "mathml"]
exclude_patterns = ["_build"]
templates_path: list[str] = []
default_role = "code"

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"zoopt {version}"
html_show_copyright = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings name types, with shapes and ranges beside them
numpydoc_show_class_members = False
numpydoc_attributes_as_param_list = True
