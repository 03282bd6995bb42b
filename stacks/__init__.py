"""The Pulumi program: a Plan comes in, modules are composed, outputs go out."""
