"""Every built-in typology finds the same on Spark: its set-based steps say nothing that only one engine knows."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.test_scopes import on_spark, spark  # noqa: F401 - a fixture
from counterflow.findings.run import ScopeData, detect
from counterflow.model.handling import PUBLIC, Audience
from counterflow.testing import TypologyContract, scope_of, whole
from findings.typologies import (
    test_activity_mismatch,
    test_ais_gap,
    test_bank_representative,
    test_bipartite,
    test_bridge_hop,
    test_cash_out_convergence,
    test_chain,
    test_circular_ownership,
    test_co_movement,
    test_conglomerate_abroad,
    test_criminal_logistics,
    test_crypto_peel_chain,
    test_crypto_taint,
    test_dark_meeting,
    test_declared_origin,
    test_disqualified_director,
    test_dormant_company,
    test_dormant_then_active,
    test_doubled_imo,
    test_draught_change,
    test_drawn_track,
    test_embassy_business,
    test_encounter,
    test_false_flag,
    test_fan_in,
    test_fan_out,
    test_flag_hopping,
    test_front_company,
    test_gather_scatter,
    test_imo_without_history,
    test_impossible_imo,
    test_impossible_owner,
    test_impossible_speed,
    test_incorporation_burst,
    test_joined_identity,
    test_listed_owner,
    test_listed_ship_interest,
    test_loitering,
    test_lookalike_name,
    test_mass_address,
    test_mass_agent,
    test_mission_accounts,
    test_no_owner,
    test_officer_churn,
    test_offset_settlement,
    test_outside_reception,
    test_pass_through,
    test_peel_chain,
    test_ranked_payment,
    test_round_trip,
    test_scatter_gather,
    test_secrecy_chain,
    test_shared_contact,
    test_shared_mmsi,
    test_shell_company,
    test_ship_mismatch,
    test_stack,
    test_structuring,
    test_successor,
    test_temporal_cycle,
    test_terminal_visit,
)

SUITES: tuple[type[TypologyContract], ...] = (
    test_activity_mismatch.TestActivityMismatch,
    test_ais_gap.TestAisGap,
    test_bank_representative.TestBankRepresentative,
    test_bipartite.TestBipartite,
    test_chain.TestChain,
    test_bridge_hop.TestBridgeHop,
    test_cash_out_convergence.TestCashOutConvergence,
    test_circular_ownership.TestCircularOwnership,
    test_co_movement.TestCoMovement,
    test_conglomerate_abroad.TestConglomerateAbroad,
    test_criminal_logistics.TestCriminalLogistics,
    test_dark_meeting.TestDarkMeeting,
    test_declared_origin.TestDeclaredOrigin,
    test_crypto_peel_chain.TestCryptoPeelChain,
    test_crypto_taint.TestCryptoTaint,
    test_disqualified_director.TestDisqualifiedDirector,
    test_dormant_company.TestDormantCompany,
    test_dormant_then_active.TestDormantThenActive,
    test_doubled_imo.TestDoubledImo,
    test_draught_change.TestDraughtChange,
    test_drawn_track.TestDrawnTrack,
    test_embassy_business.TestEmbassyBusiness,
    test_encounter.TestEncounter,
    test_false_flag.TestFalseFlag,
    test_fan_in.TestFanIn,
    test_fan_out.TestFanOut,
    test_flag_hopping.TestFlagHopping,
    test_front_company.TestFrontCompany,
    test_imo_without_history.TestImoWithoutHistory,
    test_impossible_imo.TestImpossibleImo,
    test_gather_scatter.TestGatherScatter,
    test_impossible_owner.TestImpossibleOwner,
    test_impossible_speed.TestImpossibleSpeed,
    test_incorporation_burst.TestIncorporationBurst,
    test_joined_identity.TestJoinedIdentity,
    test_listed_owner.TestListedOwner,
    test_listed_ship_interest.TestListedShipInterest,
    test_loitering.TestLoitering,
    test_lookalike_name.TestLookalikeName,
    test_mass_address.TestMassAddress,
    test_mass_agent.TestMassAgent,
    test_mission_accounts.TestMissionAccounts,
    test_no_owner.TestNoOwner,
    test_officer_churn.TestOfficerChurn,
    test_offset_settlement.TestOffsetSettlement,
    test_outside_reception.TestOutsideReception,
    test_pass_through.TestPassThrough,
    test_peel_chain.TestPeelChain,
    test_ranked_payment.TestRankedPayment,
    test_round_trip.TestRoundTrip,
    test_scatter_gather.TestScatterGather,
    test_secrecy_chain.TestSecrecyChain,
    test_shared_contact.TestSharedContact,
    test_shared_mmsi.TestSharedMmsi,
    test_shell_company.TestShellCompany,
    test_ship_mismatch.TestShipMismatch,
    test_stack.TestStack,
    test_structuring.TestStructuring,
    test_successor.TestSuccessor,
    test_terminal_visit.TestTerminalVisit,
    test_temporal_cycle.TestTemporalCycle,
)  # fmt: skip


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pyspark's own
@pytest.mark.parametrize("suite", SUITES, ids=lambda s: s.typology.name)
def test_the_same_findings_on_both_engines(spark: Any, suite: type[TypologyContract]) -> None:  # noqa: F811
    tables = whole(suite().planted())
    together = [suite.typology, *suite.parts]
    model = suite().model()
    here = detect(ScopeData(scope_of(tables), model=model), together)
    scope = on_spark(spark, tables, Audience("test", owner=True), {PUBLIC.id: PUBLIC})
    there = detect(ScopeData(scope, model=model), together)
    assert here
    assert [f.to_dict() for f in there] == [f.to_dict() for f in here]
