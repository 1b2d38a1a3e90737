"""All commands of ``zoopt``, as typer sees them."""

from zoopt.compare._commands import app
from zoopt.studies._commands import study

app.command()(study)

__all__ = ["app"]
