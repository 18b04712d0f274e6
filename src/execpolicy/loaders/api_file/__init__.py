"""execpolicy's own API files: ``*.api.json`` and ``*.api.yaml``."""
