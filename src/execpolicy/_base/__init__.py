"""Building blocks that know nothing of policies: records, frozen values, lazy attributes, bounded tables."""
