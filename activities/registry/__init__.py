"""住民記録: the resident register as a neighbour."""
