"""What a pasted answer of API Gateway means."""
