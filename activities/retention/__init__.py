"""廃棄: what ends at the end of its retention."""
