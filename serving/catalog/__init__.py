"""Facts as data: every row of `data/*.yaml` carries its source and the date it was checked."""
