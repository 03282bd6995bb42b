"""What a model is made of: its layers and tensors, from the catalog, a config.json or a GGUF file."""
