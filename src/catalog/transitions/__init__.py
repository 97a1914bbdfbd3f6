"""Transitions of a record: start, lease, queue, complete, fail, reopen, annotate and delete.

Each is a sequence of conditional writes that may be interrupted at any point and repeated safely.
"""
