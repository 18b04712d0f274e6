"""All requests at once: what changes between policies, what is proven of them, and who gets through."""
