"""Law as dated data: rules with source and mark, the calendar of working days, deadlines, fees, and the ladder."""
