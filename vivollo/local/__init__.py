"""`manage.py up`: the embedded servers and the supervisor of all processes on one machine.

Uses the standard library wherever it can: the supervisor stays small and does not load the product it runs.
"""
