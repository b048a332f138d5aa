"""職員認証基盤（模擬）: the city's own identity provider in OpenID Connect, for demo and tests.

    python -m sandbox.identity FOLDER --port N --callback URL

FOLDER receives `client_secret` (mode 0600) and the signing key on the first start. The client is `madoguchi`; URL is
the only address answers are sent to. Real protocol: discovery, authorization code with PKCE (S256), a token endpoint
with client_secret_basic, published keys, id_tokens in RS256. Instead of a password its page asks whom to be: the demo
officers of `sandbox/people.py`, or `newcomer`, who has not been appointed to anything.

**Faults on demand**: POST /_sandbox/faults `{"kind": …, "times": 1}`; DELETE clears. Kinds: `down` (any answer), and of
the next id_token `wrong_nonce`, `no_nonce`, `wrong_audience`, `shared_audience` (two, and no azp), `wrong_azp`,
`wrong_issuer`, `expired`, `future`, `alg_none`, `shared_secret` (HS256 with the client's secret), `foreign_key`,
`no_id_token`. POST /_sandbox/rotation makes a new signing key and publishes it in place of the old one.
"""
