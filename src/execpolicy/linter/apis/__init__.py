"""Rules about whole APIs, and about policies with their API."""
