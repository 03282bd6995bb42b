"""Every command and its line in `llmdeploy --help`, known without importing the command."""

from __future__ import annotations

from typing import Final

# In the order in which a newcomer meets them. The module `llmdeploy.cli.commands.NAME` has the function NAME.
COMMANDS: Final[dict[str, str]] = {
    "init": "Write a commented spec.",
    "validate": "Check specs and show every problem at once.",
    "schema": "Print the JSON Schema of a spec.",
    "plan": "Show what a spec becomes, and why.",
    "cost": "Show what a spec costs, and what else would serve it.",
    "compare": "Compare self-hosting, each managed service and APIs.",
    "advise": "Say whether to self-host or to call an API, and with what.",
    "preflight": "Ask the clouds whether they can give what a spec needs.",
    "preview": "Show what `up` would change.",
    "up": "Deploy a spec, or bring a deployment up to date.",
    "rollout": "Bring a new version to users step by step, watched and judged.",
    "rollback": "Go back to a former revision.",
    "history": "Show what was done to a deployment, and when.",
    "status": "Show the health of every region and replica.",
    "drift": "Show what is no longer as `up` left it.",
    "chat": "Send one prompt and stream the answer.",
    "key": "Print the API key.",
    "logs": "Show the logs of replicas and of the gateway.",
    "drill": "Break a region under load and measure what clients see.",
    "evacuate": "Take a region out of service, or bring it back.",
    "destroy": "Remove a deployment and all that belongs to it.",
    "orphans": "Find what carries our tags in a cloud and no state knows.",
    "ci": "Preview, apply and watch specs in a pull request's pipeline.",
    "weights": "Mirror models into the bucket of each cloud region.",
    "simulate": "Look into simulated clouds, and break things there.",
    "catalog": "Show GPUs, instances, models, services and prices.",
    "doctor": "Check this machine and say what to mend.",
    "engine": "Install or find the Pulumi engine.",
    "completion": "Print the completion script of a shell.",
}
