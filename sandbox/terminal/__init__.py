"""住基端末（模擬）: the resident-registry terminal that accepted cases are handed over to by typing them in.

    python -m sandbox.terminal FOLDER --port N [--hours 08:30-19:00] [--idle 600]

FOLDER receives `user` and `password` on the first start (mode 0600) and `terminal.sqlite3`. Numbers and codes only:
whom a case is about stands in the register under the 宛名番号.

The way through it: log in (`/terminal/`) → 処理選択 → 受付引継 → search by receipt number → 引継一覧 → 新規 → 引継登録
(a question to confirm) → the number it got → the list, and each as it was stored. Whoever presses twice has two.
Faults and ledger: `sandbox/legacy`.
"""
