"""Cases run against the engine and the gateway."""
