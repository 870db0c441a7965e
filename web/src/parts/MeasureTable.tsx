import { SegmentedControl, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";

import type { Measure } from "../api/types";
import { EntityChip } from "./EntityChip";
import { useClaims } from "./ClaimsDrawer";
import { country, figure, span, words } from "./format";
import { Marks } from "./Handling";

export type Wish = "free" | "must" | "never";

interface Props {
  measures: Measure[];
  plan: ReadonlySet<string>;
  must: readonly string[];
  never: readonly string[];
  onWish: (id: string, how: Wish) => void;
}

/** Every measure that may be taken or was taken, with the reader's musts and nevers. */
export function MeasureTable({ measures, plan, must, never, onWish }: Props) {
  const [which, setWhich] = useState("open");
  const [text, setText] = useState("");
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return measures
      .filter((one) => which === "all" || one.historic === (which === "historic"))
      .filter((one) => !wanted || [one.title, one.agency, one.authority, one.jurisdiction].join(" ").toLowerCase().includes(wanted))
      .sort((a, b) => Number(plan.has(b.id)) - Number(plan.has(a.id)) || ((a.date ?? "9") < (b.date ?? "9") ? -1 : 1));
  }, [measures, which, text, plan]);
  return (
    <>
      <div className="cf-filters">
        <SegmentedControl
          size="xs"
          value={which}
          onChange={setWhich}
          data={[
            { value: "open", label: "Can be taken" },
            { value: "historic", label: "Were taken" },
            { value: "all", label: "All" },
          ]}
        />
        <TextInput size="xs" placeholder="Filter by name, agency, jurisdiction" aria-label="Filter measures" value={text} onChange={(event) => setText(event.currentTarget.value)} w={270} />
        <span className="cf-soft">{shown.length} measures</span>
      </div>
      <table className="cf-table" data-testid="measures">
        <thead>
          <tr>
            <th>Measure</th>
            <th>By</th>
            <th>Targets</th>
            <th className="num">Cost</th>
            <th className="num" title="What it does to those who have no part in the traffic, in points">
              Collateral
            </th>
            <th className="num">Days</th>
            <th className="num">Success</th>
            <th>In the plan</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.id} measure={one} planned={plan.has(one.id)} wish={must.includes(one.id) ? "must" : never.includes(one.id) ? "never" : "free"} onWish={onWish} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({ measure, planned, wish, onWish }: { measure: Measure; planned: boolean; wish: Wish; onWish: Props["onWish"] }) {
  const openClaims = useClaims();
  return (
    <tr data-chosen={planned || undefined} data-testid="measure">
      <td className="cf-measure">
        {measure.claim_ids.length > 0 ? (
          <button type="button" className="cf-door" onClick={() => openClaims(...measure.claim_ids)}>
            {measure.title}
          </button>
        ) : (
          <b>{measure.title}</b>
        )}{" "}
        {measure.assumption && <span className="cf-assumption">assumption</span>}
        <div className="cf-soft">
          {[words(measure.kind), measure.legal_basis, span(measure.date, measure.end_date)].filter(Boolean).join(" · ")}
        </div>
        {measure.note && <div className="cf-note">{measure.note}</div>}
        <Marks of={measure} />
      </td>
      <td>
        {measure.agency ?? measure.authority}
        <div className="cf-soft">{measure.jurisdiction?.split(", ").map(country).join(", ")}</div>
      </td>
      <td className="cf-targets">
        {measure.targets.slice(0, 3).map((target) => (
          <EntityChip key={target.id} {...target} />
        ))}
        {measure.targets.length > 3 && <span className="cf-soft">and {measure.targets.length - 3} more</span>}
      </td>
      <td className="num">{figure(measure.cost)}</td>
      <td className="num">{measure.collateral === undefined ? "" : figure(measure.collateral)}</td>
      <td className="num">{measure.delay_days ?? ""}</td>
      <td className="num">{measure.success === null ? "" : `${Math.round(100 * measure.success)} %`}</td>
      <td>
        <SegmentedControl
          size="xs"
          aria-label={`${measure.title} in the plan`}
          value={wish}
          onChange={(value) => onWish(measure.id, value as Wish)}
          data={[
            { value: "never", label: "Never" },
            { value: "free", label: "Free" },
            { value: "must", label: "Must" },
          ]}
        />
      </td>
    </tr>
  );
}
