import { Button, Drawer, Tooltip } from "@mantine/core";
import { IconAffiliate, IconCoinBitcoin, IconListTree, IconSend } from "@tabler/icons-react";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import { AddToCase } from "../cases/AddToCase";
import { useAsOf } from "../api/reader";
import type { Brief, Claim, Entity, PropertyValue, Referent } from "../api/types";
import { ClaimList } from "../parts/ClaimList";
import { Conflicts } from "../parts/Conflicts";
import { KindDot } from "../parts/EntityChip";
import { LinkGroups } from "../parts/EntityLinks";
import { useExplain } from "../parts/ExplainDrawer";
import { FindingBrief } from "../parts/FindingBrief";
import { Grade, Standing } from "../parts/Grade";
import { Marks } from "../parts/Handling";
import { Answered, Screen } from "../parts/Screen";
import { count, country, span, topic } from "../parts/format";

const route = getRouteApi("/entity/$id");

/** One entity: every value a door to its claims, every link to what it rests on, rival accounts side by side. */
export function EntityScreen() {
  const { id } = route.useParams();
  const asOf = useAsOf();
  const query = useApi<Entity>(`/entities/${encodeURIComponent(id)}`, { as_of: asOf });
  return (
    <Screen name="entity" title={query.data?.caption ?? "Entity"} headed>
      <Answered query={query} what="Reading its claims…">
        {(entity) => <Dossier entity={entity} />}
      </Answered>
    </Screen>
  );
}

function Dossier({ entity }: { entity: Entity }) {
  const explain = useExplain();
  return (
    <>
      <header className="cf-dossier-head">
        <div className="cf-dossier-title">
          <KindDot schema={entity.schema} listed={entity.listed} />
          <h1 data-testid="entity-caption">
            <bdi>{entity.caption}</bdi>
          </h1>
          {entity.listed && <span className="cf-listed">listed</span>}
          <Marks of={entity} quiet={false} />
          <span className="cf-grow" />
          <Button
            renderRoot={(props) => <Link to="/network" search={{ center: entity.id }} {...props} />}
            variant="filled"
            leftSection={<IconAffiliate size={15} />}
            data-testid="open-network"
          >
            Link chart
          </Button>
          {(entity.schema === "CryptoWallet" || entity.links.some(({ other }) => other.schema === "CryptoWallet")) && (
            <Button renderRoot={(props) => <Link to="/taint" search={{ address: [entity.id] }} {...props} />} variant="default" leftSection={<IconCoinBitcoin size={15} />} data-testid="to-taint">
              Follow the money
            </Button>
          )}
          <Button renderRoot={(props) => <Link to="/sharing" search={{ ids: [entity.id] }} {...props} />} variant="default" leftSection={<IconSend size={15} />} data-testid="to-sharing">
            Release
          </Button>
          <Button variant="default" leftSection={<IconListTree size={15} />} onClick={() => explain(entity.id)} data-testid="explain">
            What it rests on
          </Button>
          <AddToCase thing={{ thing: "entity", id: entity.id }} />
        </div>
        <p className="cf-soft">
          {[entity.schema_label, entity.countries.map(country).join(", "), entity.topics.map(topic).join(", ")].filter(Boolean).join(" · ")}
          {" · "}
          {count(entity.claims)} claims, {count(entity.origins)} independent {entity.origins === 1 ? "origin" : "origins"}, in {entity.datasets.join(", ")}
        </p>
      </header>
      {entity.findings.length > 0 && <Findings findings={entity.findings} />}
      <div className="cf-dossier">
        <section aria-label="What is said of it">
          <h2>What is said of it</h2>
          <Properties entity={entity} />
        </section>
        <section aria-label="Records joined">
          <h2>
            {entity.referents.length === 1 ? "One record" : `${entity.referents.length} records, one entity`}
          </h2>
          {entity.referents.map((one) => (
            <ReferentCard key={one.subject} referent={one} />
          ))}
        </section>
      </div>
      {entity.conflicts.length > 0 && <Conflicts conflicts={entity.conflicts} />}
      <section aria-label="Links">
        <h2>Links</h2>
        <LinkGroups entity={entity} />
      </section>
      <ValueDrawer entity={entity} />
    </>
  );
}

function Findings({ findings }: { findings: Brief[] }) {
  const [all, setAll] = useState(false);
  return (
    <section aria-label="Findings" className="cf-panel">
      <h2>
        Findings <span className="cf-soft">{findings.length}</span>
      </h2>
      {(all ? findings : findings.slice(0, 2)).map((finding) => (
        <FindingBrief key={finding.id} finding={finding} />
      ))}
      {!all && findings.length > 2 && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {findings.length} findings
        </button>
      )}
    </section>
  );
}

function Properties({ entity }: { entity: Entity }) {
  // Where a publisher gives the same thing as text and as a record of its own (addresses), the record stands among the links.
  const texts = new Set(entity.properties.filter((one) => one.type !== "entity").map((one) => one.label));
  const properties = entity.properties.filter((one) => one.type !== "entity" || !texts.has(one.label));
  if (!properties.length) return <p className="cf-soft">Nothing readable beside its links.</p>;
  return (
    <table className="cf-table cf-properties" data-testid="properties">
      <tbody>
        {properties.map((property) => (
          <tr key={property.name} data-property={property.name}>
            <th scope="row">{property.label}</th>
            <td>
              {property.values.map((value, i) => (
                <Value key={`${value.value}-${i}`} property={property.name} type={property.type} value={value} />
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const printed = (type: string, value: PropertyValue): string => {
  if (type === "country") return country(value.value);
  if (type === "topic") return topic(value.value);
  return value.caption || value.value;
};

function Value({ property, type, value }: { property: string; type: string; value: PropertyValue }) {
  const navigate = useNavigate();
  const open = () => void navigate({ to: ".", search: (before) => ({ ...before, property, value: value.value }) });
  const held = span(value.valid_from, value.valid_to);
  return (
    <div className="cf-value" data-testid="value">
      <Tooltip label={`${value.claim_ids.length} ${value.claim_ids.length === 1 ? "claim" : "claims"}: open`}>
        <button type="button" className="cf-door" onClick={open} data-testid="value-door">
          <bdi>{printed(type, value)}</bdi>
        </button>
      </Tooltip>
      {type === "entity" && (
        <Link to="/entity/$id" params={{ id: value.value }} aria-label={`Go to ${value.caption}`}>
          ↗
        </Link>
      )}
      <span className="cf-value-facts">
        <Grade value={value.grade} />
        <Standing stance={value.stance} verified={value.verified} />
        {held && <span className="cf-soft">{held}</span>}
        {value.sources > 1 && (
          <span className="cf-soft">
            {value.sources} sources{value.origins < value.sources && `, ${value.origins} independent`}
          </span>
        )}
      </span>
      <Marks of={value} />
    </div>
  );
}

function ReferentCard({ referent }: { referent: Referent }) {
  return (
    <article className="cf-referent" data-testid="referent">
      <div>
        <b>{referent.dataset}</b> <code className="cf-soft">{referent.subject}</code>
      </div>
      <div className="cf-soft">
        {referent.basis === "first" ? "first recorded; gives the entity its id" : `joined by ${referent.basis}, score ${referent.score.toFixed(3)}`}
      </div>
      {referent.reasons.length > 0 && (
        <ul>
          {referent.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </article>
  );
}

/** The claims behind the value that the URL names. */
function ValueDrawer({ entity }: { entity: Entity }) {
  const { property, value } = route.useSearch();
  const navigate = useNavigate();
  const close = () => void navigate({ to: ".", search: (before) => ({ ...before, property: undefined, value: undefined }), replace: true });
  const label = entity.properties.find((one) => one.name === property)?.label ?? property;
  return (
    <Drawer opened={property !== undefined} onClose={close} position="right" size="lg" title={`${entity.caption}: ${label ?? ""}`} data-testid="claims-drawer">
      {property !== undefined && <ValueClaims id={entity.id} property={property} value={value} />}
    </Drawer>
  );
}

function ValueClaims({ id, property, value }: { id: string; property: string; value: string | undefined }) {
  const query = useApi<{ claims: Claim[] }>(`/entities/${encodeURIComponent(id)}/claims`, { property, value });
  return (
    <Answered query={query} what="Reading the claims…">
      {({ claims }) => <ClaimList claims={claims} />}
    </Answered>
  );
}
