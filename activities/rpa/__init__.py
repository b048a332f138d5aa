"""自動入力（RPA）: typing approved values into old systems that have no interface but their screens."""
