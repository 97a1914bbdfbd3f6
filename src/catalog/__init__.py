"""The catalog: the table of records and their index."""
