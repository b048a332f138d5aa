"""学習: how the recogniser of handwritten digits was made, and how to make it again. Nothing of the product needs it.

`training/README.md` says how; docs/digit-recogniser.md says what came out and what it cannot do.
"""
