"""Access logs of API Gateway: formats, lines, and what the variables of a line say of the call (LOG-1, LOG-2)."""
