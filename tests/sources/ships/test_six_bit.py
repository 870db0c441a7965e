"""Our decoder against pyais, an independent one."""

import math
from functools import reduce
from pathlib import Path
from typing import Any

import pyais
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.sources.ships import six_bit

CODE = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
NAMES = {
    "mmsi": "mmsi", "lat": "lat", "lon": "lon", "speed": "sog", "course": "cog", "heading": "heading", "imo": "imo",
    "status": "status", "callsign": "call_sign", "shipname": "vessel_name", "name": "vessel_name", "to_bow": "to_bow",
    "to_stern": "to_stern", "to_port": "to_port", "to_starboard": "to_starboard",
    "draught": "draught", "destination": "destination",
}  # fmt: skip
WIDTH = {1: 28, 2: 28, 3: 28, 4: 28, 5: 71, 9: 28, 11: 28, 18: 28, 19: 52, 21: 46, 27: 16}


def sentence(payload: str, fill: int = 0) -> str:
    body = f"AIVDM,1,1,,A,{payload},{fill}"
    return f"!{body}*{reduce(lambda a, c: a ^ ord(c), body, 0):02X}"


def ours(kind: int, payload: str) -> dict[str, Any]:
    [row] = six_bit.as_table(six_bit.decode(kind, [payload]), 1).to_pylist()
    return row


def agree(kind: int, payload: str, text: str) -> None:
    row = ours(kind, payload)
    for theirs, value in pyais.decode(text).asdict(enum_as_int=True).items():
        mine = row.get(NAMES.get(theirs, ""))
        if NAMES.get(theirs) not in row:
            continue
        if mine is None:  # not available, which each says in its own way
            assert value in (None, "", 0, 0.0, 1023, 102.3, 63, 511) or kind in (5, 19, 21), (theirs, value)
        elif isinstance(mine, str):
            shown = f"{int(value):09}" if theirs == "mmsi" else str(value).split("@")[0].strip()
            assert mine == shown, theirs
        else:
            assert mine == pytest.approx(float(value), abs=1e-5), theirs


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WIDTH)), st.data())
def test_any_payload_is_read_as_pyais_reads_it(kind: int, data: st.DataObject) -> None:
    body = data.draw(st.text(CODE, min_size=WIDTH[kind] - 1, max_size=WIDTH[kind] - 1))
    payload = CODE[kind] + body
    agree(kind, payload, sentence(payload))


def test_part_by_part_class_b_statics() -> None:
    first, second = "H42O55i18tMET00000000000000", "H42O55lt0000000D3nink000?0500"
    assert (
        pyais.decode(sentence(first)).asdict()["shipname"] == "PROGUY" == ours(24, first.ljust(28, "0"))["vessel_name"]
    )
    theirs = pyais.decode(sentence(second)).asdict(enum_as_int=True)
    mine = ours(24, second)
    assert (mine["call_sign"], mine["ship_type"], mine["to_bow"]) == (
        theirs["callsign"], str(theirs["ship_type"]), theirs["to_bow"])  # fmt: skip
    assert mine["vessel_name"] is None


def test_rate_of_turn_is_in_degrees_a_minute() -> None:
    """4.733 √(degrees a minute), as the standard codes it; unknown where it only says that she turns."""
    for coded, degrees in ((0, 0.0), (20, 17.856), (-20, -17.856), (127, None), (-128, None)):
        encoded = pyais.encode_dict({"type": 1, "mmsi": 200000001, "lat": 1, "lon": 1, "turn": 0})[0].split(",")[5]
        bits = "".join(f"{CODE.index(c):06b}" for c in encoded)
        bits = bits[:42] + f"{coded & 0xFF:08b}" + bits[50:]
        payload = "".join(CODE[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
        value = ours(1, payload)["rot"]
        assert value is None if degrees is None else math.isclose(value, degrees, abs_tol=0.01)


def test_the_sample_agrees_in_every_message(shared_data: Path) -> None:
    lines = (shared_data / "ais-decoder-samples" / "nmea_sample_pyais.txt").read_text().splitlines()
    checked = 0
    for line in lines:
        _, count, _, _, _, payload, _ = line.split(",")
        if count == "1" and payload:
            kind = int(six_bit.types([payload])[0])
            if kind in WIDTH:
                agree(kind, payload, line)
                checked += 1
    assert checked == 768  # 770 of one sentence whose type is read, two of them statics in parts
