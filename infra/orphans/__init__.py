"""Resources in the clouds that carry our tags and that no state knows: what nobody will ever destroy."""
