"""Case files: their model and their readers."""
