"""`make backfill` and `make reprocess`: recognize many pictures that are already there.

A selection lists its images batch by batch, as often as it is asked: for the estimate, and for the run. So
nothing has to be remembered, and a run that was interrupted goes on where the catalog says it is.
"""
