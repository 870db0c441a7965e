import { MultiSelect } from "@mantine/core";
import { useMemo } from "react";

import type { Measure, WhatIfQuestion } from "../api/types";
import { country } from "../parts/format";
import { Amount } from "./Amount";

interface Props {
  measures: readonly Measure[];
  question: WhatIfQuestion;
  /** What the plan does to others, in points; absent: there is no plan yet. */
  done: number | undefined;
  onChange: (change: Partial<WhatIfQuestion>) => void;
}

/** What a plan may do to those who have no part in the traffic, and the states that would have to be won over first. */
export function Limits({ measures, question, done, onChange }: Props) {
  const { collateral, collateral_each: each, not_cooperating: states = [] } = question;
  const known = useMemo(() => {
    const codes = measures.filter((one) => !one.historic).flatMap((one) => one.jurisdiction?.split(", ") ?? []);
    return [...new Set([...codes, ...states])]
      .filter((code) => /^[a-z]{2}$/.test(code))
      .map((code) => ({ value: code, label: country(code) }))
      .sort((a, b) => (a.label < b.label ? -1 : 1));
  }, [measures, states]);
  const set = [collateral !== undefined && "together", each !== undefined && "each", states.length > 0 && `${states.length} ${states.length === 1 ? "state" : "states"}`].filter(Boolean);
  return (
    <details className="cf-fold" open={set.length > 0} data-testid="limits">
      <summary>
        Harm to others and states that do not cooperate <span className="cf-soft">{set.length ? set.join(", ") : "no limit"}</span>
      </summary>
      <div className="cf-asked-row">
        <Amount label="Collateral, together" hint={done === undefined ? "points" : `the plan does ${done}`} value={collateral} onChange={(value) => onChange({ collateral: value })} />
        <Amount label="Collateral of each measure" hint="points; measures beyond it are out" value={each} onChange={(value) => onChange({ collateral_each: value })} />
        <MultiSelect
          size="xs"
          miw={260}
          label="States that do not cooperate"
          description="a measure there needs the one that wins the state over"
          placeholder={states.length ? "" : "none"}
          data={known}
          value={states}
          onChange={(codes) => onChange({ not_cooperating: codes })}
          searchable
          clearable
          data-testid="states"
        />
      </div>
    </details>
  );
}
