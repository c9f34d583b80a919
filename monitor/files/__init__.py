"""Files as this program writes them: for their owner alone, held while they are used, never over anything of worth."""
