import json
from io import BytesIO

from counterflow.casework.export import Tally
from counterflow.casework.exporters.stix import EXPORTER
from counterflow.casework.selection import Selection
from counterflow.model.handling import PUBLIC, TLP, Label
from counterflow.testing import ExporterContract


def bundle(**world):
    out = BytesIO()
    EXPORTER.write(Selection(ExporterContract().world(**world), None), out, Tally())
    return json.loads(out.getvalue())["objects"]


def only(objects, type, **said):
    [found] = [o for o in objects if o["type"] == type and all(o.get(k) == v for k, v in said.items())]
    return found


def test_parties_and_their_link_are_objects_of_stix() -> None:
    objects = bundle()
    firm, owner = (only(objects, "identity", name=name) for name in ("Firm", 'Owner, "the" first'))
    assert (firm["identity_class"], owner["identity_class"]) == ("organization", "individual")
    link = only(objects, "relationship")
    assert (link["relationship_type"], link["source_ref"], link["target_ref"]) == ("owns", owner["id"], firm["id"])
    assert link["start_time"] == "2016-09-01T00:00:00.000Z"  # September: its first moment
    [ours] = link["extensions"].values()
    assert ours["start"] == "2016-09"
    assert {r["external_id"] for r in owner["external_references"]} == {"owner"}
    assert {r["source_name"] for r in owner["external_references"]} == {"c", "d"}


def test_ids_are_the_same_in_every_bundle() -> None:
    assert [o["id"] for o in bundle()] == [o["id"] for o in bundle(seed=3)]


def test_the_marking_is_that_of_tlp_2_and_what_tlp_cannot_say_is_stated() -> None:
    strict = Label(TLP.AMBER_STRICT, originator="US").with_caveat("EXERCISE")
    objects = bundle(label=strict)
    marking = only(objects, "marking-definition", name="TLP:AMBER+STRICT")
    assert marking["id"] == "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
    [extension] = marking["extensions"].values()
    assert extension["tlp_2_0"] == "amber+strict"
    statement = only(objects, "marking-definition", definition_type="statement")
    assert statement["definition"]["statement"] == "TLP:AMBER+STRICT//EXERCISE//ORIG US"
    firm = only(objects, "identity", name="Firm")
    assert firm["object_marking_refs"] == [marking["id"], statement["id"]]
    assert [o["name"] for o in bundle(label=PUBLIC) if o["type"] == "marking-definition"] == ["TLP:CLEAR"]


def test_a_link_that_ends_with_the_calendar_has_no_end() -> None:
    """Registers write 9999-12-31 for what is in force; the day after does not exist."""
    told = [*ExporterContract.TOLD, ("c:own", "Ownership", "endDate", "9999-12-31")]
    assert "stop_time" not in only(bundle(told=tuple(told)), "relationship")
