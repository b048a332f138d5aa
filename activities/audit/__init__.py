"""監査の錨: what keeps the audit log provable to others: its chains' ends, timestamped every day."""
