"""旧式の庁内システム（模擬）の土台: what the payroll and the registry terminal have in common.

An account, sessions that run out, opening hours, pages rendered by the server, faults on demand, and a book that
survives kill -9.

**Faults on demand**: POST /_sandbox/faults `{"kind": …, "path": "/payroll/slips", "times": 1, "seconds": 0}`, kinds in
`faults.py`; GET lists what is left, DELETE clears. `path` is the whole path of the page, with its method before it
where only one is meant (`"POST /payroll/slips"`); empty: any page.
**Ledger**: GET /_sandbox/ledger: everything that was stored, oldest first, and how many pages were asked for.
"""
