"""住民記録（模擬）: a resident register over HTTP with invented households, for demo and tests.

    python -m sandbox.register FOLDER --port N [--households 2000] [--seed 282014]

FOLDER receives `token` (mode 0600) on the first start. The households are computed from the seed and held in
memory: the same seed gives the same residents on every machine, and the demo people of `sandbox/people.py` are always
among them.

Every request carries `Authorization: Bearer <token>`:
- POST /residents/match `{"name", "birth_date", "sex", "address"}` (sex "1" male, "2" female) →
  `{"kind": "exact"|"differs"|"none"|"several", "differences": [...], "resident": {...}|null}`.
  Like a plain old register it compares what is written, only NFKC-folded and without spaces; it finds a resident by any
  two of name, birth date and address. Reading 四丁目１番地 and 4-1 as one is the caller's art.
- GET /residents/{person_id}: one resident (住民票の記載事項, `resident.py`); 404 when there is none.
- GET /households/{household_id}: `{"household_id", "head_person_id", "members": [...]}`, the head first.

**Faults on demand**, without a token: POST /_sandbox/faults
`{"kind": "down"|"slow"|"garbage"|"truncated"|"wrong_shape"|"wrong_person", "times": 1, "seconds": 0}`; DELETE clears.
GET /_sandbox/summary counts residents and households by block.
"""
