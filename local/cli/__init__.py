"""The commands of the Makefile: demo, token and SAM CLI."""
