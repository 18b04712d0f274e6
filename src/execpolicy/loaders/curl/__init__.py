"""Curl commands as people paste them: the words of the shell, the options of curl, the call that it makes (SRC-6)."""
