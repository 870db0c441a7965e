import { Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { IconBuildingCommunity, IconFingerprint, IconKey, IconTicket } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent, type ReactNode } from "react";

import { call } from "../api/client";
import { showPasskey } from "./passkeys";
import { changedHands, type SessionAnswer } from "./session";

/** The page of whoever is not signed in: by a passkey, the organisation's account, a code, or a first password. */
export function SignIn({ ways }: { ways: NonNullable<SessionAnswer["ways"]> }) {
  const cache = useQueryClient();
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const [way, setWay] = useState<"code" | "password" | null>(ways.first ? "code" : null);
  useEffect(() => {
    document.title = "Sign in · Counterflow";
    cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" }); // of whoever was here before
  }, [cache]);
  const attempt = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setFailed("");
    try {
      await what();
      await changedHands(cache);
    } catch (error) {
      setFailed((error as Error).message || "That did not work.");
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="cf-signin" aria-label="Sign in" data-testid="sign-in">
      <div className="cf-signin-card">
        <h1>Counterflow</h1>
        <p className="cf-soft">Sign in. What you read is what your clearance opens, and every question is on the audit log.</p>
        <div role="alert" className="cf-signin-failed" data-testid="sign-in-failed">
          {failed}
        </div>
        {ways.passkey && (
          <Button leftSection={<IconFingerprint size={17} aria-hidden />} loading={busy} onClick={() => void attempt(() => showPasskey("in"))} data-testid="by-passkey">
            With a passkey
          </Button>
        )}
        {ways.provider && (
          <Button component="a" href="/api/session/provider" variant={ways.passkey ? "default" : "filled"} leftSection={<IconBuildingCommunity size={17} aria-hidden />} data-testid="by-provider">
            With {ways.provider}
          </Button>
        )}
        <Other open={way === "code"} show={() => setWay("code")} icon={<IconTicket size={17} aria-hidden />} title="With a code that I was given">
          <ByCode first={ways.first} kinds={ways.kinds} busy={busy} attempt={attempt} />
        </Other>
        <Other open={way === "password"} show={() => setWay("password")} icon={<IconKey size={17} aria-hidden />} title="With my first password">
          <ByPassword busy={busy} attempt={attempt} />
        </Other>
        {!ways.passkey && <p className="cf-soft">Passkeys need a name in the address: open this page as localhost or by its https name.</p>}
      </div>
    </main>
  );
}

function Other({ open, show, icon, title, children }: { open: boolean; show: () => void; icon: ReactNode; title: string; children: ReactNode }) {
  return open ? (
    <>{children}</>
  ) : (
    <Button variant="default" leftSection={icon} onClick={show}>
      {title}
    </Button>
  );
}

interface FormProps {
  busy: boolean;
  attempt: (what: () => Promise<unknown>) => Promise<void>;
}

function ByCode({ first, kinds, busy, attempt }: FormProps & { first: boolean; kinds: Record<string, string> }) {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [kind, setKind] = useState<string | null>("fiu");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call("POST", "/session/code", { code, name, organisation, kind: kind ?? "other" }));
  };
  return (
    <form onSubmit={submit} className="cf-signin-form" aria-label="Sign in with a code">
      <TextInput label="Code" placeholder="7K3M-9QPA-…" value={code} onChange={(e) => setCode(e.currentTarget.value)} required autoFocus autoComplete="one-time-code" data-testid="code" />
      {first && (
        <>
          <p className="cf-soft">The first-run code makes you the first administrator. An invitation needs the code alone.</p>
          <TextInput label="Your name" value={name} onChange={(e) => setName(e.currentTarget.value)} data-testid="first-name" />
          <TextInput label="Your organisation" value={organisation} onChange={(e) => setOrganisation(e.currentTarget.value)} data-testid="first-organisation" />
          <Select label="Kind of organisation" data={Object.entries(kinds).map(([value, label]) => ({ value, label }))} value={kind} onChange={setKind} />
        </>
      )}
      <Button type="submit" loading={busy} data-testid="by-code">
        Sign in
      </Button>
    </form>
  );
}

function ByPassword({ busy, attempt }: FormProps) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call("POST", "/session/password", { name, password }));
  };
  return (
    <form onSubmit={submit} className="cf-signin-form" aria-label="Sign in with a password">
      <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} required autoFocus autoComplete="username" data-testid="name" />
      <PasswordInput label="Password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} required autoComplete="current-password" data-testid="password" />
      <Button type="submit" loading={busy} data-testid="by-password">
        Sign in
      </Button>
    </form>
  );
}
