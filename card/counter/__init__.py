"""窓口のカードリーダー: a reader at a counter, and the page beside it on which its PIN is typed.

The officer's page asks; whoever stands at the counter lays their card down and types their PIN here. The PIN never
leaves this machine.
"""
