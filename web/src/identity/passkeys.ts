/** Passkeys: what the server asks in WebAuthn's JSON, for the browser's authenticator and back. */

import { call } from "../api/client";

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (data: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

interface Described {
  id: string;
  type: "public-key";
}

interface Challenge {
  state: string;
  options: Record<string, unknown> & { challenge: string; user?: { id: string; name: string; displayName: string }; excludeCredentials?: Described[]; allowCredentials?: Described[] };
}

const described = (all: Described[] | undefined) => (all ?? []).map((one) => ({ id: bytes(one.id), type: one.type }));

/** Has the authenticator make a passkey, and keeps it. */
export async function makePasskey(note: string): Promise<void> {
  const { state, options } = await call<Challenge>("POST", "/passkeys/challenge", {});
  const made = (await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user?.id ?? "") },
      excludeCredentials: described(options.excludeCredentials),
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential | null;
  if (!made) throw new Error("The browser made no passkey.");
  const response = made.response as AuthenticatorAttestationResponse;
  const credential = {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
  };
  await call("POST", "/passkeys", { state, credential, note });
}

/** Shows a passkey: to come in, or to show again who one is. */
export async function showPasskey(why: "in" | "prove"): Promise<void> {
  const path = why === "in" ? "/session/passkey" : "/session/proof/passkey";
  const { state, options } = await call<Challenge>("POST", `${path}/challenge`, {});
  const shown = (await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential | null;
  if (!shown) throw new Error("The browser showed no passkey.");
  const response = shown.response as AuthenticatorAssertionResponse;
  const credential = {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
  await call("POST", path, { state, credential });
}
