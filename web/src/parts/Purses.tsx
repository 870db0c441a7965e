import { NumberInput, Slider } from "@mantine/core";
import { useEffect, useState } from "react";

import { figure } from "./format";

interface Props {
  /** Agency and what all its measures cost together. */
  agencies: readonly (readonly [string, number])[];
  limits: Readonly<Record<string, number>>;
  spent: Readonly<Record<string, number>>;
  /** undefined: no limit of its own. */
  onLimit: (agency: string, limit: number | undefined) => void;
}

/** A purse for each agency, beside the budget of all. At its right end a slider means: no limit of its own. */
export function Purses({ agencies, limits, spent, onLimit }: Props) {
  const limited = agencies.filter(([name]) => limits[name] !== undefined).length;
  return (
    <details className="cf-fold" open={limited > 0} data-testid="purses">
      <summary>
        Budgets by agency <span className="cf-soft">{limited ? `${limited} limited` : "none has one of its own"}</span>
      </summary>
      <div className="cf-purse-list">
        {agencies.map(([name, all]) => (
          <Purse key={name} name={name} all={all} limit={limits[name]} spent={spent[name] ?? 0} onLimit={onLimit} />
        ))}
      </div>
    </details>
  );
}

function Purse({ name, all, limit, spent, onLimit }: { name: string; all: number; limit: number | undefined; spent: number; onLimit: Props["onLimit"] }) {
  const most = Math.max(1, Math.ceil(all));
  const [sliding, setSliding] = useState(limit ?? most);
  useEffect(() => setSliding(limit ?? most), [limit, most]);
  const ask = (value: number) => onLimit(name, value >= most ? undefined : value);
  return (
    <div className="cf-purse" data-testid="purse">
      <span>{name}</span>
      <Slider size="sm" min={0} max={most} value={Math.min(sliding, most)} onChange={setSliding} onChangeEnd={ask} label={null} thumbLabel={`Budget of ${name}`} />
      <NumberInput size="xs" w={70} min={0} max={most} value={sliding} aria-label={`Budget of ${name} in figures`} onChange={(value) => typeof value === "number" && setSliding(value)} onBlur={() => ask(sliding)} onKeyDown={(event) => event.key === "Enter" && ask(sliding)} />
      <span className="cf-soft">
        {limit === undefined ? "no limit" : `of ${most}`}, spends {figure(spent)}
      </span>
    </div>
  );
}
