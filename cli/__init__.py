"""Click commands: parse, call, show. Only this layer prints or exits."""
