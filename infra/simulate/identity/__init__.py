"""How a simulated cloud names what it makes: ids, ARNs, links, addresses."""
