"""Building blocks that know nothing of policies: named tuples, frozen and lazy values, bounded caches, outlines."""
