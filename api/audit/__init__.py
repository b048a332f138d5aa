"""監査: is the audit log as it was written, what vouches for it, and the evidence of a case for others."""
