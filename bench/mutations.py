"""How many broken programs the simulated clouds' schema refuses, by kind: `python -m bench.mutations`.

The programs are the graphs that the specs of tests/modules make, and the Pulumi SDK's own examples, each
broken in one place by scripts/mutate.py. Which values and ranges are valid is read from the
documentation: "by documentation" counts the refusals that rest on the same sentences and thus prove
nothing. Dangling references are the simulated clouds' own matter and not in here.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence

from scripts.docstring_corpus import corpus
from scripts.mutate import Mutation, Program, docstring_programs, mutations

from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.infra.simulate.schema.facts import facts_of

COUNT = 1000
SEED = 20261124


def main() -> int:
    for package, graphs in (("aws", aws_graphs()), ("gcp", gcp_graphs())):
        whole = [program for program in graphs if not check_inputs(*program)]
        print(f"{package}: {len(graphs)} resources of the specs, {len(graphs) - len(whole)} refused unbroken")
        show(f"{package} golden graphs", whole)
        examples = list(corpus(package))
        started = time.perf_counter()
        refused = sum(bool(check_inputs(one.token, one.inputs)) for one in examples)
        each = (time.perf_counter() - started) / len(examples)
        print(
            f"{package}: {len(examples)} examples, {refused} refused for mistakes, {each * 1e3:.2f} ms each"
        )
        show(f"{package} examples", docstring_programs([package]))
    return 0


def aws_graphs() -> list[Program]:
    """Every resource of every spec of tests/modules/aws."""
    # Imported late: the Pulumi SDKs take seconds.
    from tests.modules.aws.golden import CASES
    from tests.modules.aws.program import graph, plan_of
    from tests.modules.declared import revealed

    declared = [each for spec in sorted(CASES.glob("*.yaml")) for each in graph(plan_of(spec))]
    return [(each.type, revealed(each.inputs)) for each in declared if each.type.startswith("aws:")]


def gcp_graphs() -> list[Program]:
    """Every resource of every spec of tests/modules/gcp."""
    from tests.modules.declared import revealed
    from tests.modules.gcp.golden import CASES
    from tests.modules.gcp.program import graph, plan_of

    declared = [each for spec in sorted(CASES.glob("*.yaml")) for each in graph(plan_of(spec))]
    return [(each.type, revealed(each.inputs)) for each in declared if each.type.startswith("gcp:")]


def show(name: str, programs: Sequence[Program]) -> None:
    """A table of one set of programs."""
    made, refused, documented = Counter[str](), Counter[str](), Counter[str]()
    for mutation in mutations(programs, COUNT, SEED):
        made[mutation.kind] += 1
        if check_inputs(mutation.token, mutation.inputs):
            refused[mutation.kind] += 1
            documented[mutation.kind] += by_documentation(mutation)
    print(f"{name}: {len(programs)} resources, {made.total()} mutations")
    print(f"  {'kind':24}{'made':>6}{'refused':>9}{'share':>8}{'by documentation':>18}")
    for kind in made:
        share = refused[kind] / made[kind]
        print(f"  {kind:24}{made[kind]:6}{refused[kind]:9}{share:8.1%}{documented[kind]:18}")
    share = refused.total() / made.total()
    print(f"  {'all':24}{made.total():6}{refused.total():9}{share:8.1%}{documented.total():18}")


def by_documentation(mutation: Mutation) -> bool:
    """Does what is known of the value rest on the SDK's documentation alone."""
    node = facts_of(mutation.token.split(":")[0], mutation.token)
    for step in mutation.path:
        if isinstance(step, str):
            node = node.get("of", {}).get(step, {})
    return mutation.kind in ("bad enumeration value", "out of range") and "documented" in node


if __name__ == "__main__":
    sys.exit(main())
