"""New samples for a trained network: from files, typed values and drawings."""
