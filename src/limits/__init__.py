"""The limits of a person and of the stack: when a request is refused, and in which words."""
