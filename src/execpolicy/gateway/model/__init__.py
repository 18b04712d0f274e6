"""An API as its owner configures it. Data only: no module here handles calls."""
