"""故障演習: a city is broken on purpose while its residents and officers go on; then a checker compares."""
