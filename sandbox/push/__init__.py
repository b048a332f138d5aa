"""プッシュサービス（模擬）: a push service and the browsers behind it (RFC 8030), which read what they are sent.

For tests only: a real browser always uses its own maker's service and cannot be sent to this one.
"""
