"""Search: the query language, and how the catalog's index answers a query."""
