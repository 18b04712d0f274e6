"""API Gateway's own flow: from a call to an API to the answer that the caller gets."""
