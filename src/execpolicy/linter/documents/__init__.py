"""Rules about documents and their elements."""
