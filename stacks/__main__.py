"""What `pulumi preview` and `pulumi up` run (Pulumi.yaml, `main: stacks`): the spec that the stack's
configuration names.

    llmdeploy:spec          path of the spec, from the folder of Pulumi.yaml
    llmdeploy:environment   the environment laid over it; none when absent
    llmdeploy:keyRotation   another value draws a new API key

An entry point as the command line is, so it may import infra: the machine's facts and the run folder come
from there.
"""

from __future__ import annotations


def main() -> None:
    """Plan the spec and declare its resources."""
    import pulumi

    from llmdeploy.infra.home import home_from_environment
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.serving.load import load_spec
    from llmdeploy.serving.plan.build import build_plan
    from llmdeploy.serving.plan.deployable import check_deployable
    from llmdeploy.stacks.program import deploy

    config = pulumi.Config("llmdeploy")
    home = home_from_environment()
    loaded = load_spec(config.require("spec"), config.get("environment"))
    check_deployable(loaded)
    plan = build_plan(loaded, this_machine(home.cache), home.root / "catalog")
    deploy(plan, str(home.run(pulumi.get_stack())), config.get("keyRotation") or "")


if __name__ == "__main__":
    main()
