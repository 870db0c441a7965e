import { Button, MultiSelect, PasswordInput, Select, Table, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { ApiError } from "../api/client";
import { useCaseTitles } from "../cases/titles";
import { day, time } from "../parts/format";
import { Answered, Empty, Screen } from "../parts/Screen";
import { makePasskey } from "./passkeys";
import { EmergencyList } from "./Emergencies";
import { askProof } from "./proof";
import { CEILINGS, useAccount, useAct, useSession, type Emergency, type Me, type Notice, type OpenSession, type Passkey, type Token, type Waiting } from "./session";

/** What somebody does about their own account. */
export function AccountScreen() {
  const session = useSession();
  return (
    <Screen name="account" title="My account" headed>
      <h1 className="cf-flush">My account</h1>
      <Answered query={session} what="Looking up who you are…">
        {({ me, ways }) =>
          !me || me.owner ? (
            <Empty title="You have this workspace to yourself">Nobody needs an account. To share it: counterflow identity init</Empty>
          ) : (
            <>
              {me.waiting && (
                <div role="status" className="cf-panel" data-testid="waiting">
                  <strong>Your account waits.</strong> Set up below how you will come in. A supervisor or another administrator of your organisation has been told, and will ask you whether it is
                  you; once they have confirmed it you may do what your roles allow.
                </div>
              )}
              {me.one_factor && (
                <div role="status" className="cf-panel" data-testid="one-factor">
                  <strong>Set up a passkey to begin.</strong> A code or a password is one factor; what your roles allow opens with two: a passkey, or your organisation’s account.
                </div>
              )}
              <Confirmations />
              <Notices />
              <Passkeys possible={ways?.passkey ?? false} provider={ways?.provider ?? null} />
              <Sessions me={me} />
              {me.verbs.some((verb) => verb !== "administer") && <Tokens me={me} />}
              {(me.verbs.includes("read") || me.verbs.includes("audit")) && <BreakGlass me={me} />}
            </>
          )
        }
      </Answered>
    </Screen>
  );
}

/** What went wrong; a missing proof opens its own dialogue. */
export function Wrong({ error }: { error: unknown }) {
  if (!error) return null;
  const known = error instanceof ApiError || error instanceof Error;
  return (
    <div role="alert" className="cf-signin-failed">
      {known ? error.message : String(error)}
    </div>
  );
}

/** Accounts that wait for one's word. */
function Confirmations() {
  const query = useAccount<{ confirmations: Waiting[] }>("/confirmations");
  const act = useAct();
  const waiting = query.data?.confirmations ?? [];
  if (!waiting.length) return null;
  const decide = (id: string, agreed: boolean) => act.mutate({ method: "POST", path: `/confirmations/${id}/decision`, body: { agreed } });
  return (
    <section className="cf-panel" aria-label="Who is behind these accounts?" data-testid="confirmations">
      <h2 className="cf-flush">Who is behind these accounts?</h2>
      <p className="cf-soft">Ask the person, face to face or by a number that you know, whether it was them. Until you confirm it, the account may do nothing.</p>
      <Wrong error={act.error} />
      {waiting.map((one) => (
        <div key={one.id} className="cf-notice">
          <strong>{one.name}</strong>
          <span className="cf-soft">
            by {one.how} of {one.asked_by_name}
            {one.address && `, from ${one.address}`} · {time(one.created_at)}
          </span>
          <Button size="compact-xs" onClick={() => decide(one.id, true)} aria-label={`Confirm ${one.name}`}>
            Confirm
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => decide(one.id, false)} aria-label={`Refuse ${one.name}`}>
            Refuse
          </Button>
        </div>
      ))}
    </section>
  );
}

function Notices() {
  const query = useAccount<{ notices: Notice[] }>("/notices");
  const act = useAct();
  const fresh = query.data?.notices.filter((one) => !one.seen_at) ?? [];
  if (!fresh.length) return null;
  return (
    <section className="cf-panel" aria-label="Notices" data-testid="notices">
      <h2 className="cf-flush">Notices</h2>
      {fresh.map((one) => (
        <div key={one.id} className="cf-notice">
          <span className="cf-soft cf-nowrap">{time(one.created_at)}</span>
          <span>{one.text}</span>
          <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "POST", path: `/notices/${one.id}/seen` })}>
            Seen
          </Button>
        </div>
      ))}
    </section>
  );
}

function Passkeys({ possible, provider }: { possible: boolean; provider: string | null }) {
  const query = useAccount<{ passkeys: Passkey[] }>("/passkeys");
  const act = useAct();
  const [note, setNote] = useState("");
  const [password, setPassword] = useState("");
  const [failed, setFailed] = useState<unknown>(null);
  const [kept, setKept] = useState(false);
  const attempt = async (what: () => Promise<unknown>) => {
    setFailed(null);
    try {
      await what();
      await query.refetch();
    } catch (error) {
      if (!askProof(error)) setFailed(error);
    }
  };
  const has = (query.data?.passkeys.length ?? 0) > 0;
  const keep = (event: FormEvent) => {
    event.preventDefault();
    void attempt(async () => {
      await act.mutateAsync({ method: "PUT", path: "/session/password", body: { password } });
      setPassword("");
      setKept(true);
    });
  };
  return (
    <section className="cf-panel" aria-label="How I come in" data-testid="passkeys">
      <h2 className="cf-flush">How I come in</h2>
      <Wrong error={failed} />
      {query.data?.passkeys.map((one) => (
        <div key={one.id} className="cf-notice">
          <strong>{one.note}</strong>
          <span className="cf-soft">
            passkey, since {day(one.created_at)}
            {one.used_at && `, last used ${day(one.used_at)}`}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => void attempt(() => act.mutateAsync({ method: "DELETE", path: `/passkeys/${one.id}` }))}>
            Remove
          </Button>
        </div>
      ))}
      {query.data && !has && <p className="cf-soft cf-flush">No passkey yet. It is the way to come in that nobody can ask you for.</p>}
      <div className="cf-fields">
        {possible ? (
          <>
            <TextInput size="xs" label="Name of the passkey" placeholder="e.g. office key" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
            <Button size="xs" onClick={() => void attempt(() => makePasskey(note))} data-testid="add-passkey">
              Add a passkey
            </Button>
          </>
        ) : (
          <span className="cf-soft">Passkeys need a name in the address: open this page as localhost or by its https name.</span>
        )}
        {provider && (
          <Button size="xs" component="a" href="/api/session/provider/link" variant="default">
            Link {provider}
          </Button>
        )}
      </div>
      {!has && (
        <form onSubmit={keep} className="cf-fields">
          <PasswordInput size="xs" w={260} label="First password" placeholder="15 characters or more" value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="new-password" data-testid="new-password" />
          <Button size="xs" type="submit" variant="default" data-testid="keep-password">
            Keep as first password
          </Button>
          {kept && <span role="status">Kept. It holds until you have a passkey.</span>}
        </form>
      )}
    </section>
  );
}

function Sessions({ me }: { me: Me }) {
  const query = useAccount<{ sessions: OpenSession[] }>("/sessions");
  const act = useAct();
  const own = query.data?.sessions.filter((one) => one.principal === me.id) ?? [];
  return (
    <section className="cf-panel" aria-label="My sessions" data-testid="sessions">
      <h2 className="cf-flush">My sessions</h2>
      <Wrong error={act.error} />
      {own.map((one) => (
        <div key={one.id} className="cf-notice">
          <span className="cf-nowrap">
            since {time(one.created_at)}
            {one.id === me.session && " · this one"}
          </span>
          <span className="cf-soft cf-cut" title={one.agent}>
            {one.address} · {one.agent}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: `/sessions/${one.id}` })}>
            End
          </Button>
        </div>
      ))}
      {own.length > 1 && (
        <Button size="xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: "/sessions" })} data-testid="end-others">
          End my other sessions
        </Button>
      )}
    </section>
  );
}

function Tokens({ me }: { me: Me }) {
  const query = useAccount<{ tokens: Token[] }>("/tokens");
  const act = useAct<Token>();
  const [verbs, setVerbs] = useState<string[]>(me.verbs.includes("read") ? ["read"] : []);
  const [ceiling, setCeiling] = useState<string | null>("TLP:CLEAR");
  const [days, setDays] = useState("30");
  const [note, setNote] = useState("");
  const make = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ method: "POST", path: "/tokens", body: { verbs, ceiling, days: Number(days), note } });
  };
  const valid = query.data?.tokens.filter((one) => !one.revoked_at) ?? [];
  return (
    <section className="cf-panel" aria-label="My tokens" data-testid="tokens">
      <h2 className="cf-flush">My tokens</h2>
      <p className="cf-soft">For programs that act in my name or my services’. A token allows what is chosen here, and never more than I may at that moment.</p>
      <Wrong error={act.error} />
      {act.data?.token && (
        <div role="status" data-testid="new-token">
          <p className="cf-flush">Copy it now, it is not shown again:</p>
          <code className="cf-secret">{act.data.token}</code>
        </div>
      )}
      {valid.length > 0 && (
        <Table aria-label="Tokens">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What for</Table.Th>
              <Table.Th>Allows</Table.Th>
              <Table.Th>Up to</Table.Th>
              <Table.Th>Until</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {valid.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>{one.note || one.id}</Table.Td>
                <Table.Td>{one.verbs.join(", ")}</Table.Td>
                <Table.Td className="cf-nowrap">{one.ceiling}</Table.Td>
                <Table.Td className="cf-nowrap">{day(one.expires_at)}</Table.Td>
                <Table.Td className="cf-nowrap">{one.used_at ? time(one.used_at) : "never"}</Table.Td>
                <Table.Td>
                  <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: `/tokens/${one.id}` })}>
                    Revoke
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <form onSubmit={make} className="cf-fields">
        <TextInput size="xs" label="What for" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <MultiSelect size="xs" w={230} label="Allows" data={me.verbs} value={verbs} onChange={setVerbs} />
        <Select size="xs" label="Up to" data={CEILINGS} value={ceiling} onChange={setCeiling} allowDeselect={false} />
        <TextInput size="xs" w={80} label="Days" type="number" min={1} max={366} value={days} onChange={(e) => setDays(e.currentTarget.value)} />
        <Button size="xs" type="submit" data-testid="make-token">
          Make a token
        </Button>
      </form>
    </section>
  );
}

function BreakGlass({ me }: { me: Me }) {
  const query = useAccount<{ emergencies: Emergency[] }>("/emergencies");
  const act = useAct();
  const [reason, setReason] = useState("");
  const wider = CEILINGS.slice(CEILINGS.indexOf(me.ceiling ?? "TLP:CLEAR"));
  const [ceiling, setCeiling] = useState<string | null>(wider[1] ?? wider[0] ?? null);
  const titles = useCaseTitles(Boolean(me.case) && me.verbs.includes("read"));
  const [held, setHeld] = useState("");
  const [minutes, setMinutes] = useState("30");
  const compartments = held.split(",").map((one) => one.trim()).filter(Boolean);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ method: "POST", path: "/emergencies", body: { reason, ceiling, compartments, minutes: Number(minutes) } });
  };
  return (
    <section className="cf-panel" aria-label="Break-glass" data-testid="break-glass">
      <h2 className="cf-flush">Break-glass</h2>
      <p className="cf-soft">A wider clearance for minutes and for one case. Another person must agree, and everybody concerned is told.</p>
      <Wrong error={act.error} />
      {query.data && <EmergencyList of={query.data.emergencies} me={me} />}
      {me.verbs.includes("read") && (
        <form onSubmit={ask} className="cf-fields">
          <TextInput size="xs" w={340} label={me.case ? `Why, in ${titles.get(me.case) ?? `case ${me.case}`}` : "Why: declare the case first, under your name above"} value={reason} onChange={(e) => setReason(e.currentTarget.value)} disabled={!me.case} />
          <Select size="xs" label="Up to" data={wider} value={ceiling} onChange={setCeiling} allowDeselect={false} disabled={!me.case} />
          <TextInput size="xs" label="Compartments" placeholder="HARBOUR, …" value={held} onChange={(e) => setHeld(e.currentTarget.value)} disabled={!me.case} />
          <TextInput size="xs" w={80} label="Minutes" type="number" min={1} max={240} value={minutes} onChange={(e) => setMinutes(e.currentTarget.value)} disabled={!me.case} />
          <Button size="xs" type="submit" variant="default" disabled={!me.case}>
            Ask
          </Button>
        </form>
      )}
    </section>
  );
}
