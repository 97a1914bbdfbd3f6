"""`make bench-page`: the page, measured with Lighthouse."""
