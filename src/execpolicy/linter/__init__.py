"""Checks of policies and APIs before they are deployed: rules as data, and the functions that find what breaks them."""
