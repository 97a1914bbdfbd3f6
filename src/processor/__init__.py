"""A picture arrived: recognise what is in it, and keep the result, a thumbnail and the record."""
