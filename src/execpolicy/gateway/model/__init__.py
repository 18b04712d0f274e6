"""An API as its owner configures it. Data only: nothing here handles a call."""
