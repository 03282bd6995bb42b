#!/usr/bin/env python3
"""A curl that answers as Google's APIs would, from `answers.json` beside it, and notes what it is asked."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
argv = sys.argv[1:]
answers = json.loads((HERE / "answers.json").read_text())
headers = "" if "-H" not in argv or "@-" not in argv else sys.stdin.read()
with (HERE / "asked.jsonl").open("a") as asked:
    asked.write(json.dumps({"argv": argv, "headers": headers}) + "\n")


def group(name: str) -> dict[str, object]:
    target, none, verifying = answers[name][:3]
    return {
        "name": f"{name}-group-1a2b3c4",
        "targetSize": target,
        "currentActions": {"none": none, "verifying": verifying},
    }


text = " ".join(argv)
if "metadata.google.internal" in text:
    print(json.dumps({"access_token": "ya29.canary", "expires_in": 3599, "token_type": "Bearer"}))
elif headers.strip() != "Authorization: Bearer ya29.canary":
    sys.exit("curl: (22) 401")
elif "listManagedInstances" in text:
    if answers.get("broken") == "health":
        sys.exit("curl: (22) 503")
    spot = "spot-green" if "/spot-green-group" in text else "spot"
    states = ["HEALTHY"] * answers[spot][3] + ["TIMEOUT"]
    shown = [{"instanceHealth": [{"detailedHealthState": state}]} for state in states]
    print(json.dumps({"managedInstances": shown}, indent=2))
elif "monitoring.googleapis.com" in text:
    with (HERE / "published.jsonl").open("a") as published:
        published.write(argv[argv.index("-d") + 1].replace("\n", "") + "\n")
elif "baseInstanceName" in text:
    if answers.get("broken") == "groups":
        sys.exit("curl: (28) timed out")
    wanted = text.partition('baseInstanceName="')[2].partition('"')[0]
    if answers.get("broken") == wanted:
        sys.exit("curl: (22) 403")
    print(json.dumps({"items": [group(wanted)] if wanted in answers else []}, indent=2))
else:
    sys.exit(f"curl: nobody answers {text}")
