"""How long a replica in a cloud takes to its first answer, and the limits that follow."""
