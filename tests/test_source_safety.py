"""What the package never does, read off its source: nothing of data is run, no query is pasted together, nothing is
asked of strangers, no page holds what was not escaped. Each requirement of the ASVS that is met by how things are built
names one of these."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "counterflow"
WEB = ROOT / "web" / "src"

TEXTS = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))
}
PAGES = {
    path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(WEB.rglob("*.ts*"))
    if ".test." not in path.name
}


def calls(pattern: str) -> Iterator[tuple[str, str, ast.Call]]:
    """File, name as called, and call, of all whose name is like a pattern; only files that hold it are parsed."""
    wanted = re.compile(pattern)
    for name, text in TEXTS.items():
        if wanted.search(text):
            for called, node in _calls_of(name):
                if wanted.fullmatch(called):
                    yield name, called, node


@functools.cache
def _calls_of(name: str) -> list[tuple[str, ast.Call]]:
    return [(dotted(node.func), node) for node in ast.walk(ast.parse(TEXTS[name])) if isinstance(node, ast.Call)]


def dotted(node: ast.AST) -> str:
    """A name with its dots; of what is called on the result of something else, a dot and the name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def pasted(node: ast.AST) -> list[str]:
    """What is put into a text that is written together with values: the expressions."""
    return [ast.unparse(one.value) for part in ast.walk(node) if isinstance(part, ast.JoinedStr)
            for one in part.values if isinstance(one, ast.FormattedValue)]  # fmt: skip


def test_nothing_that_was_read_is_run() -> None:
    """ASVS 1.3.2, 1.5.2: no eval, exec, pickle or YAML that builds objects."""
    assert list(calls(r"eval|exec|compile|builtins\.\w+|runpy\.\w+|importlib\.util\.\w+")) == []
    named = {(name, ast.unparse(node)) for name, _, node in calls(r"__import__")}
    assert named == {("findings/declarations/customs.py", "__import__('xgboost')")}
    never = re.compile(
        r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill|cloudpickle|joblib|ctypes|cffi)\b", re.MULTILINE
    )
    assert [name for name, text in TEXTS.items() if never.search(text)] == []
    loaders = {
        ast.unparse(node.args[1] if len(node.args) > 1 else node.keywords[0].value)
        for _, _, node in calls(r"yaml\.load")
    }
    assert loaders == {"getattr(yaml, 'CSafeLoader', yaml.SafeLoader)", "loader"}
    assert 'loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)' in TEXTS["model/schema.py"]
    assert not re.search(
        r"allow_pickle=True|yaml\.(?:unsafe_load|full_load|Loader\b|UnsafeLoader)", "".join(TEXTS.values())
    )


def test_no_command_passes_a_shell() -> None:
    """ASVS 1.2.5: the one command is the user's own, a list of words."""
    assert {name for name, _, _ in calls(r"subprocess\.\w+")} == {"entities/suggesting.py"}
    ((_, _, node),) = list(calls(r"subprocess\.run"))
    assert "shell" not in {keyword.arg for keyword in node.keywords}
    assert not re.search(r"os\.(?:system|popen|exec\w*|spawn\w*)\(|shell=True", "".join(TEXTS.values()))


def test_no_statement_is_pasted_together_from_values() -> None:
    """ASVS 1.2.4: values are bound; what is written into a statement is a name of ours."""
    ours = re.compile(  # constants, names of tables and columns, marks that a connection drew by lot
        r"_?[A-Z][A-Z_]*|columns?|pragma|kind|[\w.]+\.name|(?:self\._?)?mark|(?:self\._)?names\[table\.name\]|_sqlite_condition\(.*"
    )
    found: dict[str, set[str]] = {}
    for name, _, node in calls(r"[\w.]*\.(?:execute|executemany|exec_driver_sql|executescript|sql)|sa\.text"):
        if name.startswith("testing/"):
            continue
        statement = [
            a
            for a in node.args[:1]
            if re.search(
                r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|SET|PRAGMA|COPY|ATTACH|WITH)\b",
                ast.unparse(a),
            )
        ]
        for argument in statement:
            if told := pasted(argument):
                found.setdefault(name, set()).update(told)
            assert not any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod) for part in ast.walk(argument))
    assert {name for name in found if not name.startswith("storage/")} == set()
    assert {name: told for name, every in found.items() for told in every if not ours.fullmatch(told)} == {}


def test_every_reader_of_xml_follows_nothing() -> None:
    """ASVS 1.5.1: no entities, no DTD, no network; and no XPath that data write (1.2.7)."""
    seen = 0
    for name, called, node in calls(r"etree\.(?:XMLParser|iterparse|HTMLParser)"):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        assert given.get("resolve_entities") == "False", (name, called)
        assert given.get("no_network") == "True", (name, called)
        assert given.get("load_dtd", "False") == "False" and given.get("dtd_validation", "False") == "False"
        seen += 1
    assert seen >= 6
    for name, called, node in calls(r"etree\.(?:parse|fromstring|XML)"):
        assert name.startswith("testing/") or len(node.args) == 2, (name, called)  # the second is such a parser
    assert list(calls(r".*\.xpath")) == []
    assert not re.search(r"(?<!l)xml\.(?:etree|dom|sax(?!\.saxutils))\b|xmlrpc", "".join(TEXTS.values()))


def test_no_template_and_no_pattern_is_made_of_data() -> None:
    """ASVS 1.2.9, 1.3.7, 1.3.10: what is put into a regular expression is a constant or escaped; no template engine; no
    format string but a constant."""
    assert not re.search(
        r"^\s*(?:import|from) (?:jinja2|mako|chameleon|string import Template)", "".join(TEXTS.values()), re.M
    )
    read = {  # tables of ours, numbers, and what was escaped
        "entities/spotting.py": {"scale", "words", "signs", "'|'.join(codes)"},
        "entities/korean.py": {"_longest(_VOWEL_SPELLINGS)", "_longest(_INITIAL_SPELLINGS)"},
        "sources/sanctions/jp_export_ban.py": {"number + 1"}, "sources/json_stream.py": {"keys"},
        "model/serials.py": {"pattern"}, "model/marking.py": {"'|'.join([*_LISTS, *_DAYS])"},
        "sources/ownership/uk_natures.py": {"'|'.join(_KINDS)", "'|'.join(_BANDS)"},
        "casework/redaction.py": {"n", "_loose(row['words'])"}, "entities/persons.py": {"korean.SYLLABLE"},
    }  # fmt: skip
    for name, called, node in calls(r"re\.(?:compile|sub|search|match|fullmatch|findall|split|finditer)"):
        for expression in pasted(node.args[0]) if node.args else []:
            escaped = re.fullmatch(r"_?[A-Z][A-Z_]*|.*re\.escape\(.*", expression) is not None
            assert escaped or expression in read.get(name, set()), (name, called, expression)
    outside = ("api/", "cli/", "views/", "casework/", "workspace/")
    for name, _, node in calls(r"[\w.]+\.format"):
        whose = ast.unparse(node.func).removesuffix(".format")
        assert not name.startswith(outside) or re.fullmatch(r"[\w.]*\b_?[A-Z][A-Z_]*(?:\[.*\])?", whose), (name, whose)
    assert "map(re.escape, words.split())" in TEXTS["casework/redaction.py"]
    assert "map(re.escape, sorted(" in TEXTS["entities/spotting.py"]


def test_connections_are_opened_by_these_modules_alone() -> None:
    """ASVS 1.3.6, 13.1.1, 13.2.4, 13.2.5, 15.3.2: while it serves, it asks the identity provider that is set up, and
    hands mail to the server that is set up; downloads are a command of their own."""
    opens = re.compile(
        r"^\s*(?:import|from) (?:requests|urllib\.request|urllib3|socket|smtplib|http\.client|ftplib|httpx|aiohttp)\b",
        re.MULTILINE,
    )
    assert {name for name, text in TEXTS.items() if opens.search(text) and not name.startswith("testing/")} == {
        "casework/identity/oidc.py", "workspace/mail.py", "api/server.py", "sources/fetch.py", "sources/download.py",
    }  # fmt: skip
    users = re.compile(r"sources\.(?:fetch|download)\b|from counterflow\.sources import [^\n]*\b(?:fetch|download)\b")
    assert not [name for name, text in TEXTS.items() if name.startswith(("api/", "views/")) and users.search(text)]
    assert not re.search(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False", "".join(TEXTS.values()))
    assert "allow_redirects=False" in TEXTS["casework/identity/oidc.py"]
    redirects = {(name, ast.unparse(node.args[0])) for name, _, node in calls(r"RedirectResponse")}
    assert redirects == {  # on to the provider; and to another spelling of an address of ours
        ("api/identity.py", "begun.address"), ("api/yente.py", "f'{place}{query}'"),
    }  # fmt: skip
    assert "place = request.app.url_path_for(name, id=id)" in TEXTS["api/yente.py"]


def test_what_a_provider_hands_out_beside_the_identity_is_thrown_away() -> None:
    """ASVS 10.1.1: no token of access or of refreshing is looked at, kept or sent on."""
    assert not re.search(
        r"access_token|refresh_token", TEXTS["casework/identity/oidc.py"] + TEXTS["storage/identity.py"]
    )


def test_no_secret_stands_in_the_source() -> None:
    """ASVS 13.2.3, 13.3.1."""
    name = re.compile(r"(?i)(?:password|secret|token|api_?key)\w*\s*(?::\s*str)?\s*=\s*[\"'][^\"'{}]{6,}[\"']")
    private = re.compile(r"-----BEGIN (?:\w+ )?PRIVATE KEY|AKIA[0-9A-Z]{16}")
    told = [
        (n, m.group())
        for n, text in {**TEXTS, **PAGES}.items()
        for m in name.finditer(text)
        if not n.startswith("testing/")
    ]
    assert told == []
    assert [n for n, text in {**TEXTS, **PAGES}.items() if private.search(text)] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        (
            "HTML from data (1.2.3, 3.2.2)",
            r"dangerouslySetInnerHTML|\.innerHTML|outerHTML|insertAdjacentHTML|document\.write",
        ),
        ("code from data (1.2.3, 1.3.2)", r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:"),
        (
            "words of other windows (3.5.5)",
            r"window\.postMessage|addEventListener\(\s*[\"']message|window\.open\(|window\.opener",
        ),
        (
            "what stays in the browser (14.3.3)",
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker",
        ),
        ("prototypes (15.3.6)", r"__proto__|prototype\[|Object\.setPrototypeOf|\.constructor\["),
        (
            "addresses elsewhere (3.7.2, 14.2.3)",
            r"location\.(?:href|assign|replace)\s*[=(]|https?://(?!www\.w3\.org)[a-z]",
        ),
        ("obstacles to password managers (6.2.7)", r"onPaste|autoComplete=\"off\"[^>]*assword"),
    ],
)
def test_the_workbench_does_nothing_of_this(what: str, pattern: str) -> None:
    found = {name: m.group() for name, text in PAGES.items() if (m := re.search(pattern, _bare(text)))}
    assert found == {}, what


def _bare(text: str) -> str:
    """Without comments: they may name what is not done."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)


def test_passwords_are_typed_in_masked_fields_that_managers_know() -> None:
    """ASVS 6.2.6, 6.2.7."""
    fields = [f for text in PAGES.values() for f in re.findall(r"<PasswordInput\b.*?/>", text, re.DOTALL)]
    assert len(fields) == 3
    for field in fields:
        assert re.search(r"autoComplete=\"(?:current|new)-password\"", field), field
    plain = [f for text in PAGES.values() for f in re.findall(r"<TextInput\b.*?/>", text, re.DOTALL) if "assword" in f]
    assert plain == []


def test_questions_are_encoded_by_the_platform() -> None:
    """ASVS 1.2.2: parameters by URLSearchParams; and none of an address's parts is decoded twice."""
    assert "new URLSearchParams()" in PAGES["api/client.ts"]
    assert not re.search(r"decodeURI", "".join(PAGES.values()))
    glued = {name for name, text in PAGES.items() if re.search(r"`[^`]*\?[\w-]+=\$\{(?!encodeURIComponent)", text)}
    assert glued == set()
    twice = re.compile(r"unquote(?:_plus)?\(")
    assert {name for name, text in TEXTS.items() if name.startswith(("api/", "views/")) and twice.search(text)} == set()


def test_there_are_three_ways_to_prove_who_one_is_and_no_question_is_one() -> None:
    """ASVS 6.3.4, 6.4.2."""
    kinds = {
        ast.unparse(value)
        for name, text in TEXTS.items() if name.startswith("casework/identity/")
        for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Dict)
        and any(isinstance(k, ast.Constant) and k.value == "handle" for k in node.keys)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "kind"
    }  # fmt: skip
    assert kinds == {"'password'", "'passkey'", "'oidc'"}


def test_mail_takes_no_line_of_anybodys_for_a_header() -> None:
    """ASVS 1.3.11."""
    from counterflow.workspace.mail import letter

    news = {"total": "1\nBcc: all@example.org", "news": []}
    with pytest.raises(ValueError, match="linefeed"):
        letter(news, {})
    with pytest.raises(ValueError, match="linefeed"):
        letter({"total": 1, "news": []}, {"to": "a@example.org\r\nBcc: b@example.org"})


def test_names_of_files_that_are_sent_are_ours() -> None:
    """ASVS 5.4.1, 5.4.2: what stands in Content-Disposition is made of our own letters."""
    found = [(name, line.strip()) for name, text in TEXTS.items() if name.startswith("api/")
             for line in text.splitlines() if "filename=" in line]  # fmt: skip
    assert found, "nothing is sent as a file any more"
    for name, line in found:
        for expression in re.findall(r"\{([^}]*)\}", line):
            assert expression in {"format", "body.format", "told['file']", "file.name", "name", "id"}, (name, line)
