"""電子署名・電子証明書の検証: may this signature, certificate or sealed document be believed?

A leaf room: it imports nothing else of ours. Login (api), the signature step (activities/jpki) and document
verification ask it the same question and get one of three answers: valid, invalid, unknown. Unknown is never valid.
"""
