import { Button, Modal, MultiSelect, Select, Table, TagsInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { Answered, Empty, Screen } from "../parts/Screen";
import { time } from "../parts/format";
import { Wrong } from "./account";
import { CEILINGS, useAccount, useAct, useSession, type OpenSession, type Person, type Token } from "./session";

interface PeopleAnswer {
  people: Person[];
  roles: Record<string, string[]>;
  verbs: Record<string, string>;
  compartments: string[];
}

interface OrganisationsAnswer {
  organisations: { id: string; name: string; kind: string; ceiling: string; compartments: string[] }[];
  kinds: Record<string, string>;
}

/** Organisations, people, roles, clearances, tokens, sessions: what administrators look after, who read nothing else. */
export function AdministrationScreen() {
  const may = useSession().data?.me?.verbs.includes("administer") ?? false;
  const people = useAccount<PeopleAnswer>(may ? "/people" : null);
  const organisations = useAccount<OrganisationsAnswer>(may ? "/organisations" : null);
  if (!may) {
    return (
      <Screen name="administration" title="Administration">
        <Empty title="Administration is not among your roles">Those who administer your organisation look after its people here. Ask one of them.</Empty>
      </Screen>
    );
  }
  return (
    <Screen name="administration" title="Administration" headed>
      <h1 className="cf-flush">Administration</h1>
      <p className="cf-soft">You look after your organisation’s people. You do not read what they read.</p>
      <Answered query={people} what="Asking for the people…">
        {(found) => (
          <>
            <People found={found} organisations={organisations.data} />
            <OpenSessions people={found.people} />
            <AllTokens people={found.people} />
          </>
        )}
      </Answered>
      <Answered query={organisations} what="Asking for the organisations…">
        {(found) => <Organisations found={found} />}
      </Answered>
    </Screen>
  );
}

function People({ found, organisations }: { found: PeopleAnswer; organisations: OrganisationsAnswer | undefined }) {
  const [changed, setChanged] = useState<Person | null>(null);
  const [code, setCode] = useState<{ name: string; code: string } | null>(null);
  const own = useSession().data?.me?.id;
  const act = useAct<{ code: string }>();
  return (
    <section className="cf-panel" aria-label="People" data-testid="people">
      <h2 className="cf-flush">People and services</h2>
      <Wrong error={act.error} />
      <Table aria-label="People and services">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Organisation</Table.Th>
            <Table.Th>Roles</Table.Th>
            <Table.Th>Up to</Table.Th>
            <Table.Th>Compartments</Table.Th>
            <Table.Th>Purposes</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.people.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                {one.name}
                {one.kind === "service" && <span className="cf-soft"> (service)</span>}
              </Table.Td>
              <Table.Td>
                {one.organisation}
                {one.unit && <span className="cf-soft">, {one.unit}</span>}
              </Table.Td>
              <Table.Td>{one.roles.join(", ") || "none"}</Table.Td>
              <Table.Td className="cf-nowrap">{one.ceiling}</Table.Td>
              <Table.Td>{one.compartments.join(", ")}</Table.Td>
              <Table.Td>{one.purposes.join(", ")}</Table.Td>
              <Table.Td className="cf-nowrap">
                <Button size="compact-xs" variant="default" disabled={one.id === own} title={one.id === own ? "Nobody changes their own rights" : undefined} onClick={() => setChanged(one)} aria-label={`Rights of ${one.name}`}>
                  Rights
                </Button>{" "}
                {one.kind === "person" && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Invite ${one.name}`}
                    onClick={() => act.mutate({ method: "POST", path: `/people/${one.id}/invitation` }, { onSuccess: (made) => setCode({ name: one.name, code: made.code }) })}
                  >
                    Invite
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <NewPerson found={found} organisations={organisations} />
      {changed && <Rights key={changed.id} person={changed} found={found} close={() => setChanged(null)} />}
      <Modal opened={code !== null} onClose={() => setCode(null)} title={`Invitation for ${code?.name ?? ""}`}>
        <p className="cf-flush">Hand it over in person or by a way that others do not read. It works once, within 48 hours, and is not shown again:</p>
        <code className="cf-secret" data-testid="invitation">
          {code?.code}
        </code>
      </Modal>
    </section>
  );
}

function NewPerson({ found, organisations }: { found: PeopleAnswer; organisations: OrganisationsAnswer | undefined }) {
  const act = useAct();
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState<string | null>(found.people[0]?.organisation ?? null);
  const [unit, setUnit] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const add = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ method: "POST", path: "/people", body: { name, organisation, unit, roles } }, { onSuccess: () => setName("") });
  };
  return (
    <form onSubmit={add} aria-label="Add a person">
      <Wrong error={act.error} />
      <div className="cf-fields">
        <TextInput size="xs" label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} required data-testid="person-name" />
        <Select size="xs" label="Organisation" data={organisations?.organisations.map((one) => one.name) ?? []} value={organisation} onChange={setOrganisation} allowDeselect={false} />
        <TextInput size="xs" label="Unit" value={unit} onChange={(e) => setUnit(e.currentTarget.value)} />
        <MultiSelect size="xs" w={240} label="Roles" data={Object.keys(found.roles)} value={roles} onChange={setRoles} data-testid="person-roles" />
        <Button size="xs" type="submit" data-testid="add-person">
          Add
        </Button>
      </div>
    </form>
  );
}

function Rights({ person, found, close }: { person: Person; found: PeopleAnswer; close: () => void }) {
  const act = useAct();
  const [roles, setRoles] = useState(person.roles);
  const [ceiling, setCeiling] = useState<string | null>(person.ceiling);
  const [compartments, setCompartments] = useState(person.compartments);
  const [purposes, setPurposes] = useState(person.purposes);
  const [unit, setUnit] = useState(person.unit);
  const [sure, setSure] = useState(false);
  const allowed = [...new Set(roles.flatMap((role) => found.roles[role] ?? []))];
  const save = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ method: "PATCH", path: `/people/${person.id}`, body: { roles, unit, ceiling, compartments, purposes } }, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={`Rights of ${person.name}`} data-testid="rights">
      <form onSubmit={save} className="cf-signin-form">
        <Wrong error={act.error} />
        <MultiSelect size="sm" label="Roles" data={Object.keys(found.roles)} value={roles} onChange={setRoles} />
        <ul className="cf-plain cf-soft cf-allowed" aria-label="What these roles allow">
          {allowed.map((verb) => (
            <li key={verb}>
              <strong>{verb}</strong>: {found.verbs[verb] ?? ""}
            </li>
          ))}
          {!allowed.length && <li>may do nothing</li>}
        </ul>
        <TextInput size="sm" label="Unit" description="Of the organisation; a case may be for it alone." maxLength={80} value={unit} onChange={(e) => setUnit(e.currentTarget.value)} data-testid="unit" />
        <Select size="sm" label="Reads up to" data={CEILINGS} value={ceiling} onChange={setCeiling} allowDeselect={false} />
        <TagsInput size="sm" label="Compartments" data={found.compartments} value={compartments} onChange={setCompartments} description="Given by the organisation that keeps them; a new one begins with your organisation's name, as FIU-A: HARBOUR." />
        <TagsInput size="sm" label="Purposes" value={purposes} onChange={setPurposes} />
        <Button type="submit" loading={act.isPending} data-testid="save-rights">
          Save: counts from the next question on
        </Button>
        {sure ? (
          <Button color="red" onClick={() => act.mutate({ method: "DELETE", path: `/people/${person.id}` }, { onSuccess: close })}>
            Yes, close this account now
          </Button>
        ) : (
          <Button variant="default" onClick={() => setSure(true)}>
            Close this account…
          </Button>
        )}
      </form>
    </Modal>
  );
}

function OpenSessions({ people }: { people: Person[] }) {
  const query = useAccount<{ sessions: OpenSession[] }>("/sessions");
  const act = useAct();
  const names = new Map(people.map((one) => [one.id, one.name]));
  return (
    <section className="cf-panel" aria-label="Sessions under way">
      <h2 className="cf-flush">Sessions under way</h2>
      <Wrong error={act.error} />
      {query.data?.sessions.map((one) => (
        <div key={one.id} className="cf-notice">
          <strong>{names.get(one.principal) ?? one.principal}</strong>
          <span className="cf-soft cf-cut" title={one.agent}>
            since {time(one.created_at)} · {one.address} · {one.agent}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: `/sessions/${one.id}` })}>
            End
          </Button>
        </div>
      ))}
    </section>
  );
}

function AllTokens({ people }: { people: Person[] }) {
  const query = useAccount<{ tokens: Token[] }>("/tokens");
  const act = useAct();
  const names = new Map(people.map((one) => [one.id, one.name]));
  const valid = query.data?.tokens.filter((one) => !one.revoked_at) ?? [];
  if (!valid.length) return null;
  return (
    <section className="cf-panel" aria-label="Tokens in force">
      <h2 className="cf-flush">Tokens in force</h2>
      <Wrong error={act.error} />
      {valid.map((one) => (
        <div key={one.id} className="cf-notice">
          <strong>{names.get(one.principal) ?? one.principal}</strong>
          <span className="cf-soft">
            {one.note || one.id} · {one.verbs.join(", ")} · up to {one.ceiling} · until {one.expires_at.slice(0, 10)}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: `/tokens/${one.id}` })}>
            Revoke
          </Button>
        </div>
      ))}
    </section>
  );
}

function Organisations({ found }: { found: OrganisationsAnswer }) {
  const session = useSession();
  const own = session.data?.me?.organisation ?? "";
  const act = useAct();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<string | null>("other");
  const add = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ method: "POST", path: "/organisations", body: { name, kind } }, { onSuccess: () => setName("") });
  };
  return (
    <section className="cf-panel" aria-label="Organisations">
      <h2 className="cf-flush">Organisations</h2>
      <p className="cf-soft">You may give a new organisation its first administrator; from then on it looks after itself. Up to which circle something may be released to an organisation is for another’s administrator to say.</p>
      {found.organisations.map((one) => (
        <Organisation key={one.id} one={one} kind={found.kinds[one.kind] ?? one.kind} own={one.name === own} />
      ))}
      <form onSubmit={add} aria-label="Add an organisation">
        <Wrong error={act.error} />
        <div className="cf-fields">
          <TextInput size="xs" label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} required />
          <Select size="xs" label="Kind" data={Object.entries(found.kinds).map(([value, label]) => ({ value, label }))} value={kind} onChange={setKind} allowDeselect={false} />
          <Button size="xs" type="submit">
            Add
          </Button>
        </div>
      </form>
    </section>
  );
}

/** One organisation, and what may be released to it as a whole. */
function Organisation({ one, kind, own }: { one: OrganisationsAnswer["organisations"][number]; kind: string; own: boolean }) {
  const act = useAct();
  return (
    <div className="cf-notice">
      <strong className="cf-breakable">{one.name}</strong>
      <span className="cf-soft">{kind}</span>
      <span className="cf-grow" />
      {one.compartments.length > 0 && <span className="cf-soft">{one.compartments.join(", ")}</span>}
      {own ? (
        <span className="cf-soft">Released to it: up to {one.ceiling}</span>
      ) : (
        <Select
          size="xs" w={210} aria-label={`What may be released to ${one.name}`} data={CEILINGS.map((value) => ({ value, label: `Release up to ${value}` }))} value={one.ceiling} allowDeselect={false}
          onChange={(ceiling) => act.mutate({ method: "PATCH", path: `/organisations/${one.id}`, body: { ceiling } })} data-testid="organisation-ceiling"
        />
      )}
      <Wrong error={act.error} />
    </div>
  );
}
