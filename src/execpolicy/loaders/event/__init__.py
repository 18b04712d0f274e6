"""Events that API Gateway sends to Lambda functions, as the calls that they are about (LOG-3)."""
