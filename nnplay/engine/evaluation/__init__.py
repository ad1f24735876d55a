"""What a network is asked while it trains and at the end: predictions, metrics, frames."""
