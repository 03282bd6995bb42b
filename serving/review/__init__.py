"""What a reader of a change wants to know of a plan, and how two plans differ in it."""
