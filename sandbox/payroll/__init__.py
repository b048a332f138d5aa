"""給与システム（模擬）: the old payroll web application that clubs' monthly hours are typed into. It has no API.

    python -m sandbox.payroll FOLDER --port N [--seed 1] [--hours 07:00-22:00] [--idle 600]

FOLDER receives `user` and `password` on the first start (mode 0600) and `payroll.sqlite3`. Whoever is paid follows from
the seed: the same people as in the clubs' filled sheets of that seed (`sandbox/scans`).

The way through it, as an officer goes: log in (`/payroll/`), a frame set with a menu; 実績入力 → month and club → the
club's people, five a page → one person's slips of that month (伝票一覧) → 新規 → a row for each day → 登録 (a question
to confirm) → 登録しました (a message to close) → the list, and each slip as it was stored.

As such systems are: the page is checked by script in the browser, by `alert`; a session ends after a pause, inside the
frame; whoever presses 登録 twice has two slips. Faults and ledger: `sandbox/legacy`.
"""
