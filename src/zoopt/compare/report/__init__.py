"""The report as one HTML page."""

from zoopt.compare.report._page import render, script_json

__all__ = ["render", "script_json"]
