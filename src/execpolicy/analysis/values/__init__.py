"""Sets of the values of one property: texts, addresses, numbers and times, lists. Nothing here knows of policies."""
