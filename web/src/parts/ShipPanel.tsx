import { Link } from "@tanstack/react-router";

import type { ShipEvent, Track } from "../api/types";
import { AddToCase } from "../cases/AddToCase";
import { EntityChip } from "./EntityChip";
import { count, figure, time, words } from "./format";
import { Marks } from "./Handling";

/** Who a track is of. */
export function ShipName({ track }: { track: Track }) {
  const { id, caption, imo, mmsi } = track.vessel;
  return (
    <>
      {id ? <EntityChip id={id} caption={caption} schema="Vessel" /> : <b>{caption}</b>}
      <div className="cf-soft">
        {[imo && `IMO ${imo}`, mmsi && `MMSI ${mmsi}`].filter(Boolean).join(", ")}
        <br />
        <span className="cf-nowrap">{time(track.points[0]?.[2] ?? "")}</span> to <span className="cf-nowrap">{time(track.points.at(-1)?.[2] ?? "")}</span>
      </div>
    </>
  );
}

interface Props {
  track: Track;
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
  onLeave: () => void;
}

/** The ship that is followed, and what happened on her track in order of time: the same that map and time bar show. */
export function ShipPanel({ track, chosen, onChoose, onLeave }: Props) {
  return (
    <section aria-label="The ship followed" data-testid="ship-panel">
      <h2>
        The ship followed{" "}
        <button type="button" className="cf-door" onClick={onLeave} data-testid="ship-leave">
          all ships
        </button>
      </h2>
      <div className="cf-map-item">
        <ShipName track={track} />
        <div className="cf-map-foot">
          <Marks of={track} />
          {track.vessel.id && <AddToCase thing={{ thing: "entity", id: track.vessel.id }} terse />}
        </div>
      </div>
      <h2>On her track</h2>
      {track.events.map((event) => (
        <EventItem key={event.id} event={event} chosen={event.id === chosen} onChoose={onChoose} />
      ))}
      {track.events.length === 0 && <p className="cf-soft">No typology found anything, and nobody else told of anything.</p>}
    </section>
  );
}

function EventItem({ event, chosen, onChoose }: { event: ShipEvent; chosen: boolean; onChoose: (id: string | undefined) => void }) {
  return (
    <div className="cf-map-item" data-chosen={chosen || undefined} data-testid="ship-event">
      <button type="button" className="cf-map-caption" aria-pressed={chosen} onClick={() => onChoose(chosen ? undefined : event.id)}>
        {titleOf(event)}
      </button>
      <div className="cf-soft">
        <span className="cf-nowrap">{time(event.start)}</span> to <span className="cf-nowrap">{time(event.end)}</span>
        <br />
        {whereOf(event)}
      </div>
      <div className="cf-map-foot">
        {event.finding ? (
          <Link to="/findings" search={{ finding: event.finding }} className="cf-nowrap" data-testid="ship-event-finding">
            the finding
          </Link>
        ) : (
          <span className="cf-soft">as told by {event.told_by}</span>
        )}
        <Marks of={event} />
        {event.finding && <AddToCase thing={{ thing: "finding", id: event.finding }} terse />}
      </div>
    </div>
  );
}

export const titleOf = (event: ShipEvent): string => (event.finding ? event.title : words(event.kind));

/** Its place with what it is uncertain by. */
function whereOf(event: ShipEvent): string {
  if (event.lat === null || event.lon === null) return "no place is known";
  const at = place(event.lat, event.lon) + (event.to ? ` to ${place(event.to[1], event.to[0])}` : "");
  const metres = event.uncertainty_metres;
  if (!metres) return at;
  return `${at}, ${event.kind === "impossible_speed" ? "apart" : "within"} ${metres < 1852 ? `${count(metres)} m` : `${figure(metres / 1852)} nautical miles`}`;
}

const place = (lat: number, lon: number): string => `${Math.abs(lat).toFixed(2)}°${lat < 0 ? "S" : "N"} ${Math.abs(lon).toFixed(2)}°${lon < 0 ? "W" : "E"}`;
