"""マイナンバーカード: the card over any transport, and the card agent: a program on the resident's own machine.

Imports nothing else of ours, so that it can be installed alone.
"""
