"""帳票の一括処理: a month's pile of paper on its way from the scanner into the payroll."""
