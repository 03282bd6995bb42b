"""What `pulumi preview` and `pulumi up` run (Pulumi.yaml, `main: stacks`): the spec that the stack's
configuration names.

    llmdeploy:spec          path of the spec, from the folder of Pulumi.yaml
    llmdeploy:environment   the environment laid over it; none when absent
    llmdeploy:keyRotation   another value draws a new API key
    llmdeploy:pins          the output `pins` of an earlier `up`; keeps images and zones as they were

The digests of container images are those that `llmdeploy preflight SPEC` has asked for.

An entry point as the command line is, so it may import infra: the machine's facts and the run folder come
from there.
"""

from __future__ import annotations


def main() -> None:
    """Plan the spec and declare its resources."""
    import os

    import pulumi

    from llmdeploy.infra.home import home_from_environment
    from llmdeploy.infra.hub.describe import describer
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.infra.preflight.digests import known_digests
    from llmdeploy.serving.load import load_spec
    from llmdeploy.serving.plan.build import build_plan
    from llmdeploy.stacks.pins import Pins
    from llmdeploy.stacks.program import Settings, deploy

    config = pulumi.Config("llmdeploy")
    home = home_from_environment()
    loaded = load_spec(config.require("spec"), config.get("environment"))
    plan = build_plan(
        loaded,
        this_machine(home.cache),
        home.root / "catalog",
        describer(home.cache, lambda line: pulumi.log.info(line)),
    )
    stack = pulumi.get_stack()
    remembered = Pins(images=known_digests(home.root))
    deploy(
        plan,
        Settings(
            stack,
            str(home.run(stack)),
            config.get("keyRotation") or "",
            Pins.model_validate(config.get_object("pins") or {}).over(remembered),
            os.environ.get("HF_TOKEN"),
        ),
    )


if __name__ == "__main__":
    main()
