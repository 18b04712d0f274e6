"""Programs that work on this project's own source; none is part of the package."""
