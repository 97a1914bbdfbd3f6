"""The index: which images have a term, and how many.

An image's entries in the lists of its terms are written without a transaction, before its record says that it
is indexed, and count only if it does. Each transaction that changes what is indexed also appends to the
owner's log what it adds and removes. A snapshot has the sums of older log entries.
"""
