import { Button } from "@mantine/core";

import { useCaseTitles } from "../cases/titles";
import { time } from "../parts/format";
import { useAccount, useAct, useSession, type Emergency, type Me } from "./session";

interface Known {
  me: Me | null;
  emergencies: Emergency[];
  /** That wait for this person to agree or not. */
  waiting: Emergency[];
}

/** Break-glass that somebody may know of; nothing is asked for who has no account or reads nothing of it. */
export function useEmergencies(): Known {
  const me = useSession().data?.me ?? null;
  const concerned = me && !me.owner && (me.verbs.includes("approve") || me.verbs.includes("audit"));
  const query = useAccount<{ emergencies: Emergency[] }>(concerned ? "/emergencies" : null);
  const emergencies = query.data?.emergencies ?? [];
  const waiting = me?.verbs.includes("approve") ? emergencies.filter((one) => one.state === "asked" && one.principal !== me.id) : [];
  return { me, emergencies, waiting };
}

/** For supervisors: what waits for them, and what is open now. */
export function WaitingEmergencies() {
  const { me, emergencies } = useEmergencies();
  const now = emergencies.filter((one) => one.state === "asked" || one.state === "open");
  if (!me || !now.length) return null;
  return (
    <section aria-label="Break-glass" data-testid="emergencies">
      <h2>Break-glass</h2>
      <EmergencyList of={now} me={me} />
    </section>
  );
}

/** Each with who asked for what, why, for which case, and what one may do about it. */
export function EmergencyList({ of, me }: { of: Emergency[]; me: Me }) {
  const act = useAct();
  const titles = useCaseTitles(of.length > 0 && me.verbs.includes("read"));
  const decide = (id: string, agreed: boolean) =>
    act.mutate({ method: "POST", path: `/emergencies/${id}/decision`, body: { agreed } });
  return (
    <>
      {act.error && (
        <div role="alert" className="cf-signin-failed">
          {act.error.message}
        </div>
      )}
      {of.map((one) => (
        <div key={one.id} className="cf-notice" data-state={one.state} data-testid="emergency">
          <strong>{one.state}</strong>
          <span className="cf-anywhere">
            {one.name}, {titles.get(one.case) ?? `case ${one.case}`}: {[one.ceiling, ...one.compartments].join(", ")}, {one.minutes} minutes. {one.reason}
          </span>
          <span className="cf-soft cf-nowrap">{one.state === "open" && one.until ? `until ${time(one.until)}` : time(one.asked_at)}</span>
          {one.state === "asked" && one.principal !== me.id && me.verbs.includes("approve") && (
            <>
              <Button size="compact-xs" color="red" onClick={() => decide(one.id, true)} data-testid="emergency-agree">
                Agree
              </Button>
              <Button size="compact-xs" variant="default" onClick={() => decide(one.id, false)}>
                Refuse
              </Button>
            </>
          )}
          {one.state === "open" && (one.principal === me.id || me.verbs.includes("approve")) && (
            <Button size="compact-xs" variant="default" onClick={() => act.mutate({ method: "DELETE", path: `/emergencies/${one.id}` })}>
              End it
            </Button>
          )}
        </div>
      ))}
    </>
  );
}
