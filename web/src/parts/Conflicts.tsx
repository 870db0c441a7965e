import { useState } from "react";

import type { Account, Conflict } from "../api/types";
import { useExplain } from "./ExplainDrawer";
import { span } from "./format";
import { Grade, Standing } from "./Grade";
import { Marks } from "./Handling";

const GROUPS = 3;
const SIDE_BY_SIDE = 6;

/** Accounts that cannot all be true, side by side: none is chosen for the reader. */
export function Conflicts({ conflicts }: { conflicts: Conflict[] }) {
  const [all, setAll] = useState(conflicts.length <= GROUPS + 1);
  return (
    <section aria-label="Rival accounts" className="cf-panel" data-testid="conflicts">
      <h2>
        Accounts that differ <span className="cf-soft">{conflicts.length}</span>
      </h2>
      {(all ? conflicts : conflicts.slice(0, GROUPS)).map((one) => (
        <OneConflict key={one.id} conflict={one} />
      ))}
      {!all && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {conflicts.length} matters on which accounts differ
        </button>
      )}
    </section>
  );
}

function OneConflict({ conflict }: { conflict: Conflict }) {
  const [all, setAll] = useState(conflict.accounts.length <= SIDE_BY_SIDE + 1);
  return (
    <div className="cf-conflict" data-testid="conflict" data-kind={conflict.kind}>
      <span className="cf-rival">{conflict.group ?? conflict.label.toLowerCase()}</span>
      <div>
        {conflict.one_source && <div className="cf-soft">One source gives them all: it does not know which.</div>}
        <div className="cf-accounts">
          {(all ? conflict.accounts : conflict.accounts.slice(0, SIDE_BY_SIDE)).map((account, i) => (
            <OneAccount key={account.id ?? i} account={account} />
          ))}
        </div>
        {!all && (
          <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
            all {conflict.accounts.length} accounts
          </button>
        )}
      </div>
    </div>
  );
}

function OneAccount({ account }: { account: Account }) {
  const explain = useExplain();
  const [first, ...others] = account.sources;
  const held = span(account.start, account.end);
  return (
    <article data-testid="account">
      <div>
        <button type="button" className="cf-door" onClick={() => explain(...account.claim_ids.slice(0, 20))} data-testid="account-door">
          <bdi>{account.text}</bdi>
        </button>
      </div>
      <div className="cf-soft">
        {[held, first?.title, others.length > 0 && `and ${others.length} more`, account.origins < account.sources.length && `${account.origins} independent`].filter(Boolean).join(" · ")}
      </div>
      <div>
        <Grade value={account.grade} /> <Standing stance={account.stance} verified={account.verified} /> <Marks of={account} />
      </div>
    </article>
  );
}
