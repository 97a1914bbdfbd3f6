"""The SAM template, transformed and with every value resolved."""
