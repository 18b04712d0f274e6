"""The authorization flow of API Gateway: from a call to an API to the response."""
