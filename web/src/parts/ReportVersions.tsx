import { Button, Select, Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { ApiError, post, useApi } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { ReportChanges, ReportVersions as Versions } from "../api/types";
import { useClaims } from "./ClaimsDrawer";
import { Answered } from "./Screen";

/** Which report is shown: as generated now, or one that was kept; edit it, restore it, compare it. */
export function ReportVersions({ saved, against, answers }: { saved: string | undefined; against: string | undefined; answers: boolean }) {
  const query = useApi<Versions>("/report/versions");
  const navigate = useNavigate();
  const reader = useReader();
  const asOf = useAsOf();
  const cache = useQueryClient();
  const kept = query.data?.versions ?? [];
  const [name, number] = saved?.split("@") ?? [];
  const newest = kept.filter((one) => one.name === name).at(-1)?.number;
  const show = (next: string | undefined) => void navigate({ to: "/report", search: (before) => ({ ...before, saved: next, against: undefined }) });
  const compare = (next: string | undefined) => void navigate({ to: "/report", search: (before) => ({ ...before, against: next }) });
  const save = useMutation<{ name: string; number: number }, ApiError>({
    mutationFn: () => post("/report/versions", reader, { name: name ?? "report", of: number ? Number(number) : null, as_of: asOf ?? null, answers: !number && answers, note: number ? `version ${number} again` : "" }),
    onSuccess: (one) => {
      void cache.invalidateQueries();
      show(`${one.name}@${one.number}`);
    },
  });
  return (
    <div className="cf-versions cf-screen-only" data-testid="versions">
      <Select
        size="xs"
        w={330}
        aria-label="Version"
        data={[
          { value: "", label: "As the records are now" },
          ...[...kept].reverse().map((one) => ({
            value: `${one.name}@${one.number}`,
            label: `${one.name} ${one.number} · ${one.by}, ${one.at.slice(0, 10)}${one.edited ? ` · ${one.edited} edited` : ""}${one.note ? ` · ${one.note}` : ""}`,
          })),
        ]}
        value={saved ?? ""}
        allowDeselect={false}
        onChange={(value) => show(value || undefined)}
        data-testid="version"
      />
      <Button size="xs" variant="default" onClick={() => void navigate({ to: "/report", search: (before) => ({ ...before, edit: 1, against: undefined }) })} data-testid="edit">
        Edit
      </Button>
      {!saved && (
        <Switch
          size="xs"
          label="with the questions answered"
          checked={answers}
          onChange={() => void navigate({ to: "/report", search: (before) => ({ ...before, answers: answers ? undefined : 1 }) })}
          data-testid="answers"
        />
      )}
      {!saved && (
        <Button size="xs" variant="default" loading={save.isPending} onClick={() => save.mutate()} data-testid="keep-now">
          Keep
        </Button>
      )}
      {saved && number && Number(number) !== newest && (
        <Button size="xs" variant="default" loading={save.isPending} onClick={() => save.mutate()} data-testid="restore">
          Restore as newest
        </Button>
      )}
      {saved && (
        <Select
          size="xs"
          w={190}
          aria-label="Compare with"
          placeholder="Compare with…"
          clearable
          value={against ?? null}
          onChange={(value) => compare(value ?? undefined)}
          data={[
            { value: "now", label: "the records now" },
            { value: "generated", label: "before editing" },
            ...kept.filter((one) => one.name === name && `${one.name}@${one.number}` !== saved).map((one) => ({ value: `${one.name}@${one.number}`, label: `version ${one.number}` })),
          ]}
          data-testid="against"
        />
      )}
      {save.error && <span role="alert">{save.error.detail}</span>}
    </div>
  );
}

const KINDS: Record<string, string> = {
  added: "added",
  gone: "gone",
  changed: "changed",
  moved: "moved by a band",
  rests: "rests on other claims",
  figure: "figure",
};

/** Sentences, judgements and figures that differ, before and after, with the reason. */
export function ReportChangesPanel({ saved, against }: { saved: string; against: string }) {
  const query = useApi<ReportChanges>("/report/changes", { saved, against });
  const openClaims = useClaims();
  return (
    <section className="cf-card cf-report-changes" data-testid="changes" aria-label="What changed">
      <Answered query={query} what="Comparing…">
        {(found) => (
          <>
            <strong>
              {found.before} → {found.after}
            </strong>
            <span className="cf-soft" data-testid="change-counts">
              {Object.entries(found.counts)
                .filter(([, n]) => n)
                .map(([kind, n]) => `${n} ${KINDS[kind] ?? kind}`)
                .join(", ") || "nothing has changed"}
            </span>
            <ul>
              {found.changes.map((one) => (
                <li key={`${one.kind} ${one.id}`} data-testid="change" data-kind={one.kind}>
                  <span className="cf-soft">
                    {KINDS[one.kind] ?? one.kind} · {one.place}: {one.why}{" "}
                    {one.claims_new.length > 0 && (
                      <button type="button" className="cf-door" onClick={() => openClaims(...one.claims_new)}>
                        new claims
                      </button>
                    )}
                  </span>
                  {one.before && <del>{one.before}</del>}
                  {one.after && <ins>{one.after}</ins>}
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </section>
  );
}
