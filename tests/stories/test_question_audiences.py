"""Two audiences and the questions: what one of them may not read changes no plan, answer or what-if it is given.

The proof is by deletion, as in `test_audiences`, on a case small enough that every question is asked in every way.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from counterflow.testing.noninterference import forget
from counterflow.views.asking import PATIENT, QUESTIONS, ask
from counterflow.views.view import View
from counterflow.workspace import Workspace

FIGURES = (
    "estimate_id,name,activity,kind,low,high,unit,currency,start_date,period,about_ids,source_id,credibility,verified"
)
CASE = {
    "sources": """source_id,title,publisher,date,kind,reliability
        s1,On the office,Press,2016,article,B
        s2,On its banks,Journal,2016,article,B""",
    "entities": """entity_id,schema,name,countries,topics,keywords,source_id,credibility,verified
        box,Organization,The Office,kp,gov,,s1,2,yes
        other,Organization,The Other Office,kp,gov,,s1,2,yes
        envoys,Organization,The Envoys,kp,role.diplo,,s1,2,yes
        front,Company,Harbour Front Ltd,cn,corp.shell,,s1,2,yes
        bank-a,Company,First Bank,cn,fin.bank,,s2,2,yes
        bank-b,Company,Second Bank,ru,fin.bank,,s2,2,yes
        army,Organization,The Army,kp,mil,,s1,2,yes
        rockets,Organization,The Rockets,kp,mil,,s1,2,yes
        drugs,Activity,Narcotics,,,income,s1,2,yes
        notes,Activity,Counterfeiting,,,income,s1,2,yes
        wash,Activity,Laundering,,,handling,s1,2,yes""",
    "relations": """relation_id,schema,subject_id,object_id,role,start_date,activity,source_id,credibility,verified
        r1,ProjectParticipant,box,drugs,runs it,,drugs,s1,2,yes
        r2,ProjectParticipant,box,notes,runs it,,notes,s1,2,yes
        r3,ProjectParticipant,envoys,drugs,carry it,,drugs,s1,2,yes
        r4,ProjectParticipant,envoys,notes,carry them,,notes,s1,2,yes
        r5,Payment,envoys,front,,,wash,s2,2,yes
        r6,Payment,front,bank-a,,,wash,s2,2,yes
        r7,Payment,front,bank-b,,,wash,s2,2,yes
        r8,Payment,bank-a,box,,,wash,s2,2,yes
        r9,Payment,bank-b,box,,,wash,s2,2,yes
        r10,Payment,box,army,,,,s2,2,yes
        r11,Payment,box,rockets,,,,s2,2,yes
        r12,Succession,other,box,merged into,2009,,s1,2,yes""",
    "estimates": FIGURES + """
        e1,Narcotics,drugs,revenue,80,120,million,USD,2015,per year,,s1,2,yes
        e2,Counterfeiting,notes,revenue,15,25,million,USD,2015,per year,,s2,2,yes""",
}  # fmt: skip
TIPS = {
    "sources": "source_id,title,publisher,date,kind,reliability\nt1,What we were told,Ourselves,2016,letter,A",
    "entities": """entity_id,schema,name,countries,topics,keywords,source_id,credibility,verified
        box,Organization,The Office,kp,gov,,t1,1,yes
        bank-c,Company,Vanishing Bank,cn,fin.bank,,t1,1,yes
        third,Organization,The Third Office,kp,gov,,t1,1,yes""",
    "relations": """relation_id,schema,subject_id,object_id,role,start_date,activity,source_id,credibility,verified
        r1,Payment,bank-c,box,,,wash,t1,1,yes
        r2,Succession,third,box,merged into,2011,,t1,1,yes""",
    "estimates": FIGURES + """
        e1,Narcotics,drugs,revenue,900,1100,million,USD,2015,per year,,t1,1,yes
        e2,Taken in port,drugs,seizure_or_freeze,9,11,million,USD,2015,event,box,t1,1,yes""",
}  # fmt: skip
WHAT_IFS: tuple[dict[str, Any], ...] = (
    {"budget": 12, "budgets": {"Sanctions authority": 6}},
    {"budget": 12, "collateral": 6, "collateral_each": 4, "substitution": True},
    {"budget": 12, "not_cooperating": ["cn"], "periods": 2, "recovery": 1, "period_days": 180},
)


def write(folder: Path, tables: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in tables.items():
        lines = (line.strip() for line in text.splitlines())
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def every_answer(view: View) -> dict[str, Any]:
    found: dict[str, Any] = {"flow": view.flow(), "measures": view.measures()}
    # a plan that the clock stopped may differ from run to run, so the clock stops none
    found |= {q: ask(view._assessed, q, budget=12, patience=PATIENT) for q in QUESTIONS}
    found |= {json.dumps(request): view.whatif({**request, "time_limit": None}) for request in WHAT_IFS}
    return dict(json.loads(json.dumps(found, sort_keys=True, default=str)))


def test_no_question_is_answered_from_what_may_not_be_read(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "counterflow.d")
    workspace.ingest(write(tmp_path / "small", CASE), reader="case", dataset="small", label="TLP:CLEAR")
    workspace.ingest(write(tmp_path / "tips", TIPS), reader="case", dataset="tips", label="TLP:AMBER")
    workspace.judge("small:box", "tips:box", "same", "told so")
    workspace.keep_scenario("ours", {"budget": 10, "must": []})
    before, owner = every_answer(workspace.view("public")), workspace.view("owner")
    assert owner.flow()["arcs"] != before["flow"]["arcs"]
    assert owner.flow()["handling"] == "TLP:AMBER"
    assert before["merger"]["curves"] and before["cashbox"]["plan"]["plan"]
    copied = tmp_path / "copied.d"
    shutil.copytree(workspace.path, copied, ignore=shutil.ignore_patterns("derived"))
    assert forget(copied, workspace.audience("public")) > 0
    workspace.close()
    again = Workspace.open(copied)
    after = every_answer(again.view("public"))
    again.close()
    assert before.keys() == after.keys()
    assert not [question for question in before if untimed(before[question]) != untimed(after[question])]


def untimed(answer: Any) -> Any:
    """Without how long it took."""
    if isinstance(answer, dict):
        return {k: untimed(v) for k, v in answer.items() if k != "seconds"}
    return [untimed(v) for v in answer] if isinstance(answer, list) else answer
