"""Every real file that a reader of goods and ships takes, it alone takes most surely."""

from pathlib import Path

import pytest

from counterflow import registry
from counterflow.sources.reader import read_head

FILES = {
    "ais": ["ais-kattegat/positions", "ais-tankers-singapore/positions", "dprk-sts-simulated/tracks_dark_period",
            "ais-decoder-samples/marinecadastre_20230111_sample", "dprk-sts-simulated/ais_202507"],
    "nmea": ["ais-decoder-samples/nmea_sample_pyais.txt"],
    "seizures": ["unodc-seizures/seizures"],
    "shipments": ["customs-declarations/train", "dprk-events/sipri_arms_transfers_extract"],
    "trade_figures": ["dprk-trade/cow_bilateral_2001_all_pairs", "dprk-trade/tradhist_prk_pairs"],
    "ship_events": ["gfw-encounters/bunker_encounters", "shadow-fleet-baltic/ais_dark_candidates",
                    "dprk-sts-simulated/ground_truth_events", "vessel-identity/gfw_spoofing_mmsi"],
    "ship_register": ["gfw-encounters/carrier_vessels", "shadow-fleet-baltic/gur_listed_vessels",
                      "shadow-fleet-baltic/detected_2025", "shadow-fleet-baltic/sanctions_by_imo",
                      "sanctions-vessels/vessels.csv.gz"],
    "event_list": ["dprk-events/cns_missile_tests", "dprk-events/csis_provocations_1958_2017"],
}  # fmt: skip
NOT_OURS = ["sanctions-eu/consolidated/32017R1509.csv.gz", "sanctions-other/cn_countersanctions.csv.gz",
            "sanctions-us/csl_consolidated_2022-04.csv.gz", "saml-d-sample/saml_d_sample_1k.parquet"]  # fmt: skip


def sureness(path: Path) -> list[tuple[float, str]]:
    head = read_head(path)
    readers = [registry.get("readers", name) for name in registry.names("readers")]
    return sorted(((r.recognises(head), r.name) for r in readers), reverse=True)


@pytest.mark.parametrize(("reader", "file"), [(r, f) for r, files in FILES.items() for f in files])
def test_a_real_file_finds_its_reader(shared_data: Path, reader: str, file: str) -> None:
    (sure, name), (next_sure, _), *_ = sureness(shared_data / (file if "." in file else f"{file}.parquet"))
    assert name == reader
    assert sure > next_sure


@pytest.mark.parametrize("file", NOT_OURS)
def test_files_of_others_are_left_to_them(shared_data: Path, file: str) -> None:
    claims = {name: sure for sure, name in sureness(shared_data / file) if name in FILES}
    assert all(sure <= 0.6 for sure in claims.values())
