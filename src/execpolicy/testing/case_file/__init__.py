"""Case files: the model and the readers."""
