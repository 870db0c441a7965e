import { Button } from "@mantine/core";
import { IconAffiliate, IconCoinBitcoin, IconMap2, IconSend } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { useApi } from "../api/client";
import { AddToCase } from "../cases/AddToCase";
import type { Evidence, Explanation, FindingDetail } from "../api/types";
import { AttemptFacts } from "./AttemptFacts";
import { AttemptView } from "./AttemptView";
import { EntityChip } from "./EntityChip";
import { EvidenceTree } from "./EvidenceTree";
import { count, figure, span, words } from "./format";
import { Marks } from "./Handling";
import { Likelihood } from "./Likelihood";
import { PartOf } from "./PartOf";
import { Reasons } from "./Reasons";
import { Answered } from "./Screen";
import { TriageBar } from "./TriageBar";
import type { Deciding } from "../triage/decide";

interface CardProps {
  id: string;
  deciding: Deciding;
  onDecided: () => void;
}

/** One finding in full: the sentence, what it rests on, what would refute it, what it may innocently be. */
export function FindingCard({ id, deciding, onDecided }: CardProps) {
  const query = useApi<FindingDetail>(`/findings/${encodeURIComponent(id)}`, {}, { steady: true });
  return (
    <article className="cf-finding" aria-label="Finding" data-testid="finding-card">
      <Answered query={query} what="Reading its evidence…">
        {(finding) => <Body finding={finding} deciding={deciding} onDecided={onDecided} />}
      </Answered>
    </article>
  );
}

/** Figures that `AttemptFacts` tells. */
const TOLD = new Set(["sum_usd", "usd_basis", "hours"]);
/** Figures that `Reasons` tells. */
const REASONED = new Set(["rule_probability", "model"]);

function Body({ finding, deciding, onDecided }: Omit<CardProps, "id"> & { finding: FindingDetail }) {
  const doc = finding.typology_doc;
  const detail = Object.entries(finding.detail).filter(([key, value]) => value !== null && typeof value !== "object" && !(finding.attempt && TOLD.has(key)) && !(finding.detail.reasons && REASONED.has(key)));
  const onChain = marked(finding);
  return (
    <>
      <h1 data-testid="finding-sentence">{finding.sentence}</h1>
      <div className="cf-brief-foot">
        <Likelihood word={finding.likelihood} basis={finding.basis} />
        <span className="cf-soft">{finding.basis === "rule" ? "by rule, not calibrated" : finding.basis}</span>
        <span className="cf-soft cf-nowrap">{span(finding.start, finding.end)}</span>
        <Marks of={finding} quiet={false} />
      </div>
      <div className="cf-subjects">
        {finding.subjects.map((id) =>
          finding.entities.includes(id) ? <EntityChip key={id} id={id} caption={finding.captions[id] ?? id} /> : <b key={id}>{finding.captions[id] ?? id}</b>,
        )}
        <span className="cf-subject-doors">
          {(finding.attempt || finding.entities[0]) && (
            <Button
              renderRoot={(props) => <Link to="/network" search={finding.attempt ? { finding: finding.id } : { center: finding.entities[0] }} {...props} />}
              variant="default"
              leftSection={<IconAffiliate size={15} />}
              data-testid="to-chart"
            >
              Link chart
            </Button>
          )}
          {onChain && (
            <Button renderRoot={(props) => <Link to="/taint" search={{ address: onChain }} {...props} />} variant="default" leftSection={<IconCoinBitcoin size={15} />} data-testid="to-taint">
              Follow the money
            </Button>
          )}
          <AddToCase thing={{ thing: "finding", id: finding.id }} />
          <Button renderRoot={(props) => <Link to="/sharing" search={{ ids: [finding.id] }} {...props} />} variant="default" leftSection={<IconSend size={15} />} data-testid="to-sharing">
            Release
          </Button>
          {finding.lat !== null && finding.lon !== null && (
            <Button
              renderRoot={(props) => <Link to="/map" search={{ view: `${finding.lon},${finding.lat},12`, event: finding.id, ship: finding.vessels[0] }} {...props} />}
              variant="default"
              leftSection={<IconMap2 size={15} />}
            >
              Map
            </Button>
          )}
        </span>
      </div>
      <PartOf finding={finding.id} />
      <TriageBar key={finding.id} finding={finding} deciding={deciding} onDecided={onDecided} />
      {finding.attempt && (
        <section aria-label="The attempt">
          <h2>The attempt in time</h2>
          <AttemptView key={finding.id} attempt={finding.attempt} />
        </section>
      )}
      {finding.attempt && <AttemptFacts finding={finding} />}
      <Reasons finding={finding} />
      <Factors of={finding.detail.factors} />
      <section aria-label="Evidence">
        <h2>What it rests on</h2>
        <Unfolded finding={finding} />
      </section>
      {detail.length > 0 && (
        <dl className="cf-detail">
          {detail.map(([key, value]) => (
            <div key={key}>
              <dt>{words(key)}</dt>
              <dd>{typeof value === "number" ? figure(value) : String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="cf-two">
        <section aria-label="What would refute it">
          <h2>What would refute it</h2>
          <p>{finding.refutes}</p>
        </section>
        <section aria-label="Benign explanations">
          <h2>It may innocently be</h2>
          <ul className="cf-notes">
            {finding.benign.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </section>
      </div>
      <section aria-label="Typology">
        <h2>The typology: {doc.title}</h2>
        <p>{doc.what}</p>
        <p>{doc.why}</p>
        <p className="cf-soft">{doc.standard}</p>
        <h3>Its thresholds, which the settings may change</h3>
        <table className="cf-table">
          <tbody>
            {Object.entries(doc.parameters).map(([name, parameter]) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                </td>
                <td className="num">
                  {parameter.value} {parameter.unit}
                  {parameter.value !== parameter.default && <div className="cf-soft">as shipped {parameter.default}</div>}
                </td>
                <td>{parameter.doc}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** Addresses from which the money of a finding over transfers came; none where it rests on none. */
function marked({ evidence, attempt }: FindingDetail): string[] | null {
  const first = attempt?.payments[0]?.from;
  if (!first || !evidence.some((one) => one.kind === "transfers")) return null;
  const listed = attempt.accounts.filter((one) => one.role === "source" && one.listed).map((one) => one.key);
  return [...new Set([first, ...listed])].map((key) => key.slice(key.indexOf("/") + 1));
}

/** What the likelihood was made of: each sign, and how much likelier it is where the pattern is than where it is not. */
function Factors({ of }: { of: unknown }) {
  const rows = of && typeof of === "object" ? Object.entries(of as Record<string, number>) : [];
  if (rows.length === 0) return null;
  return (
    <section aria-label="What weighs" data-testid="factors">
      <h2>What weighs by the rule</h2>
      <table className="cf-table">
        <thead>
          <tr>
            <th>sign</th>
            <th className="num" title="How much likelier this sign is where the pattern is than where it is not">
              times as likely
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([said, weight]) => (
            <tr key={said}>
              <td>{said}</td>
              <td className="num">× {figure(weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The evidence, one tree for each role that it plays. */
function Unfolded({ finding }: { finding: FindingDetail }) {
  const query = useApi<Explanation>(`/explain/${encodeURIComponent(finding.id)}`);
  return (
    <Answered query={query} what="Unfolding…">
      {({ children }) => (
        <>
          {byRole(finding.evidence, children).map(([role, nodes]) => (
            <section key={role} aria-label={role}>
              <h3>
                {words(role)} <span className="cf-soft">{count(nodes.length)}</span>
              </h3>
              <EvidenceTree roots={nodes} />
            </section>
          ))}
        </>
      )}
    </Answered>
  );
}

/** Evidence under its roles, in order; the text of a node does not repeat the role that stands over it. */
function byRole(evidence: Evidence[], nodes: Explanation[]): [string, Explanation[]][] {
  const roles = new Map(evidence.map((one) => [one.id, one.role]));
  const groups = new Map<string, Explanation[]>();
  for (const node of nodes) {
    const role = roles.get(node.id) || node.kind;
    const text = node.text.startsWith(`${role}: `) ? node.text.slice(role.length + 2) : node.text;
    groups.set(role, [...(groups.get(role) ?? []), { ...node, text }]);
  }
  return [...groups];
}
