"""What goes on beyond the appeal: so far the law, as dated data, and the days that are counted by it."""
