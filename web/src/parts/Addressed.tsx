import { Link } from "@tanstack/react-router";

import type { Addressed } from "../api/types";
import { EntityChip } from "./EntityChip";

/** `0x098b71…2f96`: enough to tell two apart; the whole is its title. */
export const shortened = (address: string): string => (address.length > 18 ? `${address.slice(0, 8)}…${address.slice(-6)}` : address);

/** An address by its holder's name where one is known, and what kind of service it is. */
export function Holder({ of, listed = false }: { of: Addressed; listed?: boolean }) {
  return (
    <span className="cf-holder" title={of.address}>
      {of.entity ? <EntityChip id={of.entity} caption={of.caption} listed={listed} /> : <AddressDoor address={of.address} />} {of.entity && <AddressDoor address={of.address} />}{" "}
      {of.kind && <span className="cf-address-kind">{of.kind}</span>}
    </span>
  );
}

/** An address, the door to where its own money went. */
export function AddressDoor({ address }: { address: string }) {
  return (
    <Link to="/taint" search={(before) => ({ ...before, address: [address], receiver: undefined, from: undefined, to: undefined, claims: undefined, explain: undefined })} className="cf-door cf-address" title={`${address}: follow what it paid`}>
      {shortened(address)}
    </Link>
  );
}
