import { Button, Modal, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";

import { call } from "../api/client";
import { showPasskey } from "./passkeys";
import { dialogues } from "./proof";
import { useSession } from "./session";

/** Asks to show again who one is: for what leaves the house, how one comes in, and what administrators do. */
export function Prove() {
  const session = useSession();
  const cache = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState("");
  const [failed, setFailed] = useState("");
  useEffect(() => {
    const open = () => setOpened(true);
    dialogues.add(open);
    return () => void dialogues.delete(open);
  }, []);
  const attempt = async (what: () => Promise<unknown>) => {
    setFailed("");
    try {
      await what();
      setOpened(false);
      setPassword("");
      await cache.invalidateQueries({ queryKey: ["session"] });
    } catch (error) {
      setFailed((error as Error).message);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call("POST", "/session/proof/password", { password }));
  };
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title="Show again who you are" data-testid="prove">
      <p className="cf-soft cf-flush">What leaves the house, how you come in and what administrators do ask for a proof of the last five minutes. Then do it again.</p>
      <div role="alert" className="cf-signin-failed">
        {failed}
      </div>
      <div className="cf-signin-form">
        {session.data?.ways?.passkey && <Button onClick={() => void attempt(() => showPasskey("prove"))}>With a passkey</Button>}
        {session.data?.ways?.provider && (
          <Button component="a" href="/api/session/provider/prove" variant="default">
            With {session.data.ways.provider}
          </Button>
        )}
      </div>
      <form onSubmit={submit} className="cf-signin-form">
        <PasswordInput label="First password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" data-testid="prove-password" />
        <Button type="submit" variant="default" data-testid="prove-by-password">
          With the password
        </Button>
      </form>
    </Modal>
  );
}
