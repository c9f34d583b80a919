"""The flows, one a module. Options come in as frozen values, bytes go out as values; nothing here keeps state."""
