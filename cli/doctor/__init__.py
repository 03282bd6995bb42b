"""The checks of `llmdeploy doctor`, one function each."""
