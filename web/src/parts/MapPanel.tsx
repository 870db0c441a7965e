import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import type { MapData, MapEvent, Track } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { useExplain } from "./ExplainDrawer";
import { FindingBrief } from "./FindingBrief";
import { Marks } from "./Handling";
import { ShipName } from "./ShipPanel";
import { count, day, sum, words } from "./format";

export type MapLayer = "events" | "tracks" | "findings" | `kind:${string}`;

interface Props {
  all: MapData;
  shown: MapData;
  hide: ReadonlySet<string>;
  toggle: (layer: MapLayer) => void;
  chosen: string | undefined;
  /** Ids under the last click; null: no click, list everything. */
  picked: string[] | null;
  onChoose: (id: string | undefined) => void;
  onUnpick: () => void;
  onFollow: (track: Track) => void;
  /** Stands under the layers. */
  children?: ReactNode;
}

const LISTED = 150;
const KINDS_SHOWN = 6;

/** Beside the map: layers that filter, and the records behind the symbols. */
export function MapPanel({ all, shown, hide, toggle, chosen, picked, onChoose, onUnpick, onFollow, children }: Props) {
  const kinds = new Map<string, number>();
  for (const { kind } of all.events) if (kind) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const byNumber = [...kinds].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const [allKinds, setAllKinds] = useState([...hide].some((key) => key.startsWith("kind:")));
  const layer = (key: MapLayer, label: string, n: number, sign?: React.ReactNode) => (
    <button key={key} type="button" className="cf-row-button" aria-pressed={!hide.has(key)} data-off={hide.has(key) || undefined} onClick={() => toggle(key)} data-testid={`layer-${key}`}>
      {sign}
      <span className="cf-grow">{label}</span>
      <span className="cf-soft">{count(n)}</span>
    </button>
  );
  const events = shown.events
    .filter((event) => !picked || picked.includes(event.id))
    .sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? 1 : -1));
  const findings = shown.findings.filter((finding) => !picked || picked.includes(finding.id));
  return (
    <aside className="cf-side" aria-label="About the map" data-testid="map-panel">
      <section className="cf-legend" aria-label="Layers">
        <h2>Layers: press to hide</h2>
        {layer("findings", "Findings", all.findings.length, <span className="cf-sign-diamond" />)}
        {all.tracks.length > 0 && layer("tracks", "Ship tracks (dashed: silent)", all.tracks.length, <span className="cf-sign-track" />)}
        {layer("events", "Events", all.events.length, <span className="cf-dot" style={{ background: "var(--cf-ink)" }} />)}
        <div className="cf-legend-kinds">
          {(allKinds ? byNumber : byNumber.slice(0, KINDS_SHOWN)).map(([kind, n]) => layer(`kind:${kind}`, words(kind), n))}
          {!allKinds && byNumber.length > KINDS_SHOWN && (
            <button type="button" className="cf-door cf-more" onClick={() => setAllKinds(true)}>
              {byNumber.length - KINDS_SHOWN} more kinds
            </button>
          )}
        </div>
        <p className="cf-soft">Hollow: known to the country or area only. A figure: that many at one place.</p>
      </section>
      {children}
      {shown.tracks.length > 0 && !picked && (
        <section aria-label="Tracks">
          <h2>Tracks</h2>
          {shown.tracks.toSorted((a, b) => b.events.length - a.events.length).map((track, i) => (
            <div key={`${track.vessel.id}-${i}`} className="cf-map-item">
              <ShipName track={track} />
              <div className="cf-map-foot">
                <button type="button" className="cf-door" onClick={() => onFollow(track)} data-testid="follow-ship">
                  follow{track.events.length > 0 && `: ${count(track.events.length)} on her track`}
                </button>
                <Marks of={track} />
                {track.vessel.id && <AddToCase thing={{ thing: "entity", id: track.vessel.id }} terse />}
              </div>
            </div>
          ))}
        </section>
      )}
      <section aria-label="Records">
        <h2>
          {picked ? "At this place" : "Records"}{" "}
          {picked && (
            <button type="button" className="cf-door" onClick={onUnpick}>
              show all
            </button>
          )}
        </h2>
        {findings.map((finding) => (
          <FindingBrief key={finding.id} finding={finding} />
        ))}
        {events.slice(0, LISTED).map((event) => (
          <EventItem key={event.id} event={event} chosen={event.id === chosen} onChoose={onChoose} />
        ))}
        {events.length > LISTED && <p className="cf-soft">and {count(events.length - LISTED)} more: narrow the window or pick a symbol</p>}
        {!events.length && !findings.length && <p className="cf-soft">Nothing in this window. Widen it, or switch a layer on.</p>}
      </section>
    </aside>
  );
}

function EventItem({ event, chosen, onChoose }: { event: MapEvent; chosen: boolean; onChoose: (id: string) => void }) {
  const explain = useExplain();
  return (
    <div className="cf-map-item" data-chosen={chosen || undefined} data-testid="map-event">
      <button type="button" className="cf-map-caption" onClick={() => onChoose(event.id)}>
        <bdi>{event.caption}</bdi>
      </button>
      <div className="cf-soft">
        {[event.date ? day(event.date) : "undated", event.kind && words(event.kind), event.activity && words(event.activity), event.value_usd !== null && `about USD ${sum(event.value_usd)}`]
          .filter(Boolean)
          .join(" · ")}
      </div>
      <div className="cf-map-foot">
        <button type="button" className="cf-door" onClick={() => explain(event.id)} data-testid="event-door">
          its claims
        </button>
        <Link to="/entity/$id" params={{ id: event.id }}>
          its page
        </Link>
        <Marks of={event} />
        <AddToCase thing={{ thing: "entity", id: event.id }} terse />
      </div>
    </div>
  );
}
