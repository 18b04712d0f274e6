"""The rules that need a proof over all requests (EP-RED)."""
