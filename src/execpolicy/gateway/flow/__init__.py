"""API Gateway's authorization flow: the numbered gates, from a call to a gateway response."""
