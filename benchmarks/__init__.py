"""What things cost, as ratios within one run on the mock: absolute numbers depend on the machine."""
