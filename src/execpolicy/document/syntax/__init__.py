"""JSON, YAML and Python objects read with positions. Nothing here knows what a policy is."""
