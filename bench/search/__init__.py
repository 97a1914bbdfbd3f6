"""What searches cost: read units, calls and time with many pictures of one owner."""
