import { useState } from "react";

import type { Edge, Entity, EntityLink } from "../api/types";
import { EntityChip } from "./EntityChip";
import { useExplain } from "./ExplainDrawer";
import { Grade, Standing } from "./Grade";
import { Marks } from "./Handling";
import { money, share, span, words } from "./format";

const SHOWN = 12;

/** Links out and in, one table for each relation, newest last. */
export function LinkGroups({ entity }: { entity: Entity }) {
  const groups = new Map<string, EntityLink[]>();
  for (const link of entity.links) {
    const key = `${link.direction === "out" ? "→" : "←"} ${words(link.label)}`;
    groups.set(key, [...(groups.get(key) ?? []), link]);
  }
  if (!groups.size) return <p className="cf-soft">No readable link on this date. Clear “as of” to see all that is known.</p>;
  return (
    <div data-testid="links">
      {[...groups].sort((a, b) => b[1].length - a[1].length).map(([title, links]) => (
        <LinkGroup key={title} title={title} links={links} />
      ))}
    </div>
  );
}

function LinkGroup({ title, links }: { title: string; links: EntityLink[] }) {
  const [all, setAll] = useState(links.length <= SHOWN + 3);
  const sorted = [...links].sort((a, b) => ((a.start ?? "") < (b.start ?? "") ? -1 : 1));
  return (
    <section className="cf-linkgroup">
      <h3>
        {title} <span className="cf-soft">{links.length}</span>
      </h3>
      <table className="cf-table">
        <tbody>
          {(all ? sorted : sorted.slice(0, SHOWN)).map((link) => (
            <LinkRow key={`${link.id}-${link.direction}-${link.other.id}`} link={link} />
          ))}
        </tbody>
      </table>
      {!all && (
        <button type="button" className="cf-door cf-more" onClick={() => setAll(true)}>
          all {links.length}
        </button>
      )}
    </section>
  );
}

function LinkRow({ link }: { link: EntityLink }) {
  return (
    <tr data-testid="link" data-rival={link.conflict !== null || undefined}>
      <td>
        <EntityChip id={link.other.id} caption={link.other.caption} schema={link.other.schema} listed={link.other.listed} />
      </td>
      <td>
        <LinkDoor edge={link} />
      </td>
      <td className="cf-nowrap">{span(link.start, link.end) || <span className="cf-soft">undated</span>}</td>
      <td className="num">{[share(link.share_low, link.share_high), money(link.amount, link.currency)].filter(Boolean).join(" ")}</td>
      <td className="cf-nowrap">
        <Grade value={link.grade} /> <Standing stance={link.stance} verified={link.verified} />
        {link.conflict && <span className="cf-rival">rival accounts</span>}
      </td>
      <td className="num">
        <Marks of={link} />
      </td>
    </tr>
  );
}

function LinkDoor({ edge }: { edge: Edge }) {
  const explain = useExplain();
  return (
    <button type="button" className="cf-door" onClick={() => explain(edge.id)} data-testid="link-door">
      <bdi>{edge.role || edge.label}</bdi>
    </button>
  );
}
