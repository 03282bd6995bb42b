"""How each CI says why a job runs."""
