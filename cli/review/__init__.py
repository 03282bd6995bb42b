"""Reviews of changed specs: from paths to reviews, one spec at a time."""
