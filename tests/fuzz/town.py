"""A workspace with records, cases, two organisations and people of every role, asked by Schemathesis what its own
description allows and what it does not."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from counterflow.api.access import MARK, Access
from counterflow.api.app import create_app
from counterflow.casework.audiences import audience
from counterflow.casework.identity import sessions
from counterflow.testing.noninterference import ASKING, build
from counterflow.testing.noninterference.asking import _ABOUT as ABOUT
from counterflow.testing.noninterference.asking import _AT as AT
from counterflow.testing.noninterference.asking import HOST, pool
from counterflow.workspace import Workspace

ORIGIN = f"http://{HOST}:8039"
COOKIE = "counterflow-8039"
ROLES = {
    "worker": ["analyst", "collector", "supervisor", "disseminator", "modeller"],
    "second": ["supervisor", "disseminator"],
    "other": ["analyst"],  # of another organisation
    "administrator": ["administrator"],
    "auditor": ["auditor"],
}
UNTOLD = {"question": 10**9, "change": 10**9}
KEPT = ("/api/people", "/api/organisations")
ENDLESS = ("/api/events",)
"""Answers that end after minutes; `test_slow.py` reads them."""

CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
           "response_headers_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance",
           "missing_required_header", "use_after_free", "ensure_resource_availability")  # fmt: skip


class Town:
    """:param fill: with the records of a random world, not only people"""

    def __init__(self, folder: Path, *, fill: bool = True) -> None:
        if fill:
            world = build(folder / "w", 9, hidden=0)
            self.workspace, self.pools = Workspace.open(world.folder), {**world.pools}
            home = audience(self.workspace.settings, ASKING).organisation
        else:
            self.workspace, self.pools, home = Workspace.create(folder / "w"), {}, "A"
        for name in "ABC":
            self.workspace.add_organisation(name, "fiu")
        away = "A" if home != "A" else "B"
        self.ids: dict[str, str] = {}
        for role, held in ROLES.items():
            where = away if role == "other" else home
            self.ids[role] = str(self.workspace.add_person(role.title(), where, roles=held)["id"])
            if role not in ("administrator", "auditor"):
                self.workspace.clear(self.ids[role], ceiling="TLP:RED", compartments=["SEA"], purposes=["tax"])
        directory = self.workspace.directory
        directory.take = lambda *_: 0.0  # type: ignore[method-assign] - as often as it takes
        self.app = create_app(self.workspace, access=Access(directory, users=True, limits=UNTOLD))
        self.schema = schemathesis.openapi.from_dict(self.app.openapi())
        self.schema.app = self.app
        self.schema.config.generation.with_security_parameters = False  # who asks is ours to say
        self.schema.config.base_url = ORIGIN
        # what is longer than described may be longer than any body, or any address
        refusing = self.schema.config.checks.negative_data_rejection
        refusing.expected_statuses = [*refusing.expected_statuses, "413", "414"]
        self.random = random.Random(5)
        self.asked: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: dict[tuple[str, str], list[str]] = defaultdict(list)

    def close(self) -> None:
        self.workspace.close()

    # -- who asks ------------------------------------------------------------------------------------------------

    def headers(self, role: str) -> dict[str, str]:
        """What the browser of somebody sends, in a session that is begun when there is none."""
        held = getattr(self, "cookies", None) or {}
        self.cookies: dict[str, str] = held
        place = {"address": "testclient", "agent": "town"}
        if role not in held or sessions.resume(self.workspace.directory, held[role], **place) is None:
            self._there(role)
            held[role] = sessions.begin(self.workspace.directory, self.ids[role], how="test", **place)
        return {"host": f"{HOST}:8039", "cookie": f"{COOKIE}={held[role]}", MARK: "1", "user-agent": "town"}

    def _there(self, role: str) -> None:
        """Somebody whose account was closed, or whose roles were taken, comes back as somebody else."""
        row = self.workspace.directory.one("principals", id=self.ids[role])
        if row is None or row["closed_at"] is not None or sorted(row["roles"]) != sorted(ROLES[role]):
            home = self.workspace.directory.one("organisations", id=row["organisation"]) if row else None
            name = f"{role.title()} {len(self.workspace.people())}"
            self.ids[role] = str(
                self.workspace.add_person(name, home["name"] if home else "A", roles=ROLES[role])["id"]
            )
            if role not in ("administrator", "auditor"):
                self.workspace.clear(self.ids[role], ceiling="TLP:RED", compartments=["SEA"], purposes=["tax"])

    def role_for(self, path: str) -> str:
        return "administrator" if path.startswith(KEPT) else "worker"

    # -- asking --------------------------------------------------------------------------------------------------

    def operations(self) -> Iterator[Any]:
        for found in self.schema.get_all_operations():
            operation = found.ok()
            if operation.path not in ENDLESS:
                yield operation

    def known(self, case: Any, share: float) -> None:
        """Put ids that there are in place of most that were made up."""
        for name, value in list((case.path_parameters or {}).items()):
            if isinstance(value, str) and self.random.random() < share:
                before = case.operation.path.split("{" + name)[0].rstrip("/").rpartition("/")[2]
                case.path_parameters[name] = self.random.choice(pool(AT.get(before, ""), self.pools))
        for name, value in list((case.query or {}).items()):
            if isinstance(value, str) and name in ABOUT and self.random.random() < share:
                case.query[name] = self.random.choice(pool(ABOUT[name], self.pools))
        self.plain(case, share)
        self._fill(case.body, share)

    def plain(self, case: Any, share: float) -> None:
        """Mostly without what asks for another view: most that is made up there is none."""
        for name in ("audience", "known_on"):
            if name in (case.query or {}) and self.random.random() < share:
                del case.query[name]

    def _fill(self, told: Any, share: float) -> None:
        if isinstance(told, list):
            for one in told:
                self._fill(one, share)
        elif isinstance(told, dict):
            for key, value in told.items():
                if isinstance(value, str) and key in ABOUT and self.random.random() < share:
                    told[key] = self.random.choice(pool(ABOUT[key], self.pools))
                self._fill(value, share)

    def ask(self, case: Any, role: str, **checking: Any) -> Any:
        """The answer, checked; faults are kept."""
        answer = case.call(base_url=ORIGIN, headers=self.headers(role), timeout=120)
        self.check(case, answer, role, **checking)
        return answer

    def check(self, case: Any, answer: Any, role: str, **checking: Any) -> None:
        self.asked[case.operation.label] += 1
        self.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=checks(), **checking)
        except FailureGroup as group:
            for fault in group.exceptions:
                told = f"{role}: {case.as_curl_command()[:600]}\n{fault!s:.600}\n{answer.text[:300]}"
                kind = (case.operation.label, type(fault).__name__)
                if kind not in self.faults:
                    print(f"{' '.join(kind)}\n{told}", flush=True)
                self.faults[kind].append(told)

    def report(self) -> str:
        shown = [f"{what} {kind} ×{len(found)}\n{found[0]}" for (what, kind), found in sorted(self.faults.items())]
        return "\n\n".join(shown)


def checks() -> list[Callable[..., Any]]:
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    return [CHECKS.get_one(name) for name in CHECKED]


def some(town: Town, operation: Any, mode: GenerationMode, number: int, ask: Callable[[Any], None], start: int) -> None:
    """Cases of an operation, the same every time. :param mode: as described, or not"""
    from hypothesis.errors import Unsatisfiable

    @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck),
              phases=[Phase.generate])  # fmt: skip
    @seed(start)
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        ask(case)

    try:
        run()
    except Unsatisfiable:  # nothing about it can be wrong
        assert mode is GenerationMode.NEGATIVE


def sequences(town: Town, number: int, steps: int) -> None:
    """Sequences along the links of the description."""

    class Machine(town.schema.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Any) -> None:
            town.plain(case, 0.9)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": ORIGIN, "headers": town.headers(town.role_for(case.operation.path)), "timeout": 120}

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            town.check(case, response, town.role_for(case.operation.path), recorder=self.recorder)

    quiet = settings(
        max_examples=2, stateful_step_count=steps, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for n in range(number):  # each anew: what an answer brings hangs on all that was written before
        Machine._hypothesis_internal_use_seed = n
        with suppress(Flaky):
            Machine.run(settings=quiet)
