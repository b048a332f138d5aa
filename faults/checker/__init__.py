"""独立検査: compares what everybody was told with what is written down, sharing no code with the product.

It knows the tables, the gateway's ledger, the mailbox and the histories by their documentation only
(docs/reliability.md, docs/adr/0038), so that a mistake of the product's own code cannot be repeated here. An import
contract holds that.
"""
