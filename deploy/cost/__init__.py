"""`make cost`: the bill of a month, from measured requests and the table of prices."""
