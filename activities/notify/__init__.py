"""お知らせの配達: mails and push messages without personal data: sent once, retried, and seen when they come back."""
