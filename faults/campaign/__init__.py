"""演習: the script of residents and officers, and the saboteur; everything from outside, as anybody could."""
