"""What runs on a GPU instance and beside a gateway: text that a cloud hands to its instances."""
