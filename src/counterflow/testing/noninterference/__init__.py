"""Non-interference: no answer of any kind changes when what its reader may not see is deleted.

Worlds are made at random (`worlds`), with people who are signed in or with an audience of the settings (`people`); what
a reader may not see is taken out of them (`forgetting`, `strangers`), or arrives while a server runs (`arriving`); and
every address of the HTTP interface (`asking`) and every command (`commands`) is compared, byte for byte (`comparing`).
Surfaces are found, not listed: what a plug-in or a later version adds is compared from then on.

Who writes an exporter or a typology runs the same over worlds in which it is installed::

    tally, caller = Tally(), Caller()
    for seed in range(20):
        apart(tmp_path / str(seed), seed, tally, caller)
    assert not tally.differences
"""

from counterflow.testing.noninterference.arriving import alive
from counterflow.testing.noninterference.asking import Caller
from counterflow.testing.noninterference.comparing import DEAR, UNREACHED, Difference, Pair, Tally, apart, served
from counterflow.testing.noninterference.forgetting import Uncovered, forget
from counterflow.testing.noninterference.worlds import ASKING, World, build

__all__ = [
    "ASKING",
    "DEAR",
    "UNREACHED",
    "Caller",
    "Difference",
    "Pair",
    "Tally",
    "Uncovered",
    "World",
    "alive",
    "apart",
    "build",
    "forget",
    "served",
]  # fmt: skip
