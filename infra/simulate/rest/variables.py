"""How our provider plugin finds the simulated REST services of the clouds: by two environment variables.

`llmdeploy.infra.simulate.rest` serves them. An address stands for the whole internet: the first part of a
path is the host that would be asked, as in `ADDRESS/us-central1-aiplatform.googleapis.com/v1/…`.
"""

from __future__ import annotations

from typing import Final

ADDRESS: Final = "LLMDEPLOY_SIMULATED_REST"
"""`http://127.0.0.1:PORT`, without a slash at its end. Unset: the real clouds are asked."""
TOKEN: Final = "LLMDEPLOY_SIMULATED_TOKEN"  # noqa: S105 - the name of a variable
"""What stands in the place of credentials; the simulation takes no other."""
KEY: Final = "SIMULATED"
"""The access key id beside it, where requests are signed as AWS's are: `TOKEN` is then the secret key."""
