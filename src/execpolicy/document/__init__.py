"""Policy documents: read with positions, checked against the element matrix, held as frozen values."""
