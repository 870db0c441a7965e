import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { useApi } from "../api/client";
import type { Corridors, MapData, Track } from "../api/types";
import { CorridorPanel } from "../parts/CorridorPanel";
import { MapPanel, type MapLayer } from "../parts/MapPanel";
import { Picture, usePalette } from "../parts/Picture";
import { ShipPanel, titleOf } from "../parts/ShipPanel";
import { time } from "../parts/format";
import { Answered, Screen } from "../parts/Screen";
import { TimeBar, useTimeWindow } from "../parts/TimeBar";
import { arcsOf } from "../viz/corridorArcs";
import { viewOf } from "../viz/shipEvents";
import type { TimeMark } from "../viz/timeBar";
import { mountWorldMap, WORLD, type View, type WorldMapData } from "../viz/worldMap";

const route = getRouteApi("/map");

const KOREA: View = { lon: 126.5, lat: 37.5, zoom: 9 };

/** Where things happened: events, exercise tracks and findings, governed by the time bar. */
export function MapScreen() {
  const query = useApi<MapData>("/map");
  return (
    <Screen name="map" title="Map" wide>
      <Answered query={query} what="Placing events…">
        {(data) => <Drawn data={data} />}
      </Answered>
    </Screen>
  );
}

function Drawn({ data }: { data: MapData }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const palette = usePalette();
  const window = useTimeWindow();
  const paid = useApi<Corridors>(search.corridors ? "/corridors" : null, { from: search.from, to: search.to, findings: search.corridors === "findings" ? 1 : undefined }, { steady: true });
  const corridors = search.corridors ? paid.data : undefined;
  const arcs = useMemo(() => (corridors ? arcsOf([...corridors.within, ...corridors.corridors], corridors.places) : []), [corridors]);
  const [picked, setPicked] = useState<string[] | null>(null);
  const hide = useMemo(() => new Set(search.hide ?? []), [search.hide]);
  const view = useMemo<View>(() => {
    const [lon, lat, zoom] = (search.view ?? "").split(",").map(Number);
    return [lon, lat, zoom].every((n) => n !== undefined && Number.isFinite(n)) && search.view
      ? { lon: lon as number, lat: lat as number, zoom: Math.min(60, Math.max(1, zoom as number)) }
      : WORLD;
  }, [search.view]);

  const followed = useMemo(() => data.tracks.find(({ vessel }) => search.ship && (vessel.mmsi === search.ship || vessel.imo === search.ship)), [data, search.ship]);
  const look = useCallback(
    (next: View) =>
      void navigate({
        to: "/map",
        search: (before) => ({ ...before, view: next.zoom === 1 ? undefined : [next.lon.toFixed(2), next.lat.toFixed(2), next.zoom.toFixed(2)].join(",") }),
        replace: true,
      }),
    [navigate],
  );
  const choose = useCallback(
    (id: string | undefined) => void navigate({ to: "/map", search: (before) => ({ ...before, event: id }), replace: true }),
    [navigate],
  );
  const followShip = useCallback(
    (track: Track | undefined) => {
      setPicked(null);
      const { lon, lat, zoom } = track ? viewOf(track) : WORLD;
      const view = track && [lon.toFixed(2), lat.toFixed(2), zoom.toFixed(2)].join(",");
      void navigate({ to: "/map", search: (before) => ({ ...before, ship: track?.vessel.mmsi ?? undefined, event: undefined, from: undefined, to: undefined, view: view ?? before.view }) });
    },
    [navigate],
  );
  const follow = useCallback((id: string | null | undefined) => void navigate({ to: "/map", search: (before) => ({ ...before, corridor: id ?? undefined }), replace: true }), [navigate]);
  const toggle = (layer: MapLayer) => {
    const next = hide.has(layer) ? [...hide].filter((one) => one !== layer) : [...hide, layer];
    void navigate({ to: "/map", search: (before) => ({ ...before, hide: next.length ? next : undefined }) });
  };

  const events = useMemo(
    () => (followed || hide.has("events") ? [] : data.events.filter((e) => !hide.has(`kind:${e.kind}`) && window.shows({ start: e.date, end: e.date }))),
    [data, hide, window, followed],
  );
  const findings = useMemo(() => {
    const hers = followed && new Set(followed.events.map((event) => event.finding));
    return hide.has("findings") ? [] : data.findings.filter((finding) => (!hers || hers.has(finding.id)) && window.shows(finding));
  }, [data, hide, window, followed]);
  const tracks = useMemo(
    () =>
      hide.has("tracks")
        ? []
        : data.tracks
            .map((track) => ({ ...track, points: track.points.filter(([, , at]) => window.shows({ start: at, end: at })), events: track.events.filter(window.shows) }))
            .filter((track) => track.points.length > 0),
    [data, hide, window],
  );
  const spans = useMemo(
    () =>
      followed?.events ?? [
        ...data.events.map((e) => ({ start: e.date, end: e.date })),
        ...data.findings.map((f) => ({ start: f.start, end: f.end })),
        ...data.tracks.map(spanOf),
      ],
    [data, followed],
  );
  const marks = useMemo(() => marksOf(followed ? [followed] : data.tracks), [data, followed]);
  const periods = useMemo(
    () =>
      followed
        ? [spanOf(followed)]
        : Object.keys(corridors?.periods ?? {}).map((period) => ({ start: period, end: period })),
    [corridors, followed],
  );
  const drawing = useMemo<WorldMapData>(
    () => ({
      palette,
      events,
      tracks,
      ship: followed?.vessel.mmsi ?? null,
      findings,
      arcs,
      arc: search.corridor ?? null,
      onArc: follow,
      chosen: search.event ?? null,
      view,
      onPick: (ids) => {
        setPicked(ids.length ? ids : null);
        choose(ids[0]);
      },
      onView: look,
    }),
    [palette, events, tracks, followed, findings, arcs, search.corridor, follow, search.event, view, choose, look],
  );
  return (
    <>
      <div className="cf-split">
        <div className="cf-canvas">
          <Picture mount={mountWorldMap} data={drawing} name="world-map" style={{ height: "100%" }} />
          <div className="cf-map-buttons">
            <Button variant="default" onClick={() => look({ ...view, zoom: Math.min(60, view.zoom * 1.6) })} aria-label="Nearer">
              +
            </Button>
            <Button variant="default" onClick={() => look({ ...view, zoom: Math.max(1, view.zoom / 1.6) })} aria-label="Farther">
              −
            </Button>
            <Button variant="default" onClick={() => look(WORLD)}>
              World
            </Button>
            <Button variant="default" onClick={() => look(KOREA)} data-testid="view-korea">
              Korea
            </Button>
          </div>
          <p className="cf-map-note">Natural Earth, public domain: borders as they are held, not a statement on claims.</p>
        </div>
        {followed ? (
          <aside className="cf-side" aria-label="About the ship">
            <ShipPanel track={followed} chosen={search.event} onChoose={choose} onLeave={() => followShip(undefined)} />
          </aside>
        ) : (
          <MapPanel
            all={data}
            shown={{ events, tracks, findings }}
            hide={hide}
            toggle={toggle}
            chosen={search.event}
            picked={picked}
            onChoose={choose}
            onUnpick={() => setPicked(null)}
            onFollow={followShip}
          >
            <CorridorPanel
              mode={search.corridors}
              onMode={(corridors) => void navigate({ to: "/map", search: (before) => ({ ...before, corridors, corridor: undefined }) })}
              corridors={corridors}
              chosen={search.corridor}
              onChoose={follow}
            />
          </MapPanel>
        )}
      </div>
      <TimeBar
        spans={spans}
        also={periods}
        alsoWhat={followed ? "track without any" : undefined}
        window={window}
        what={followed ? "on her track" : "records"}
        marks={marks}
        chosen={search.event}
        onMark={(id) => {
          setPicked(followed ? null : [id]);
          choose(id);
        }}
      />
    </>
  );
}

const spanOf = ({ points }: Track) => ({ start: points[0]?.[2] ?? null, end: points.at(-1)?.[2] ?? null });

const MARKS = 300;

/** What happened on tracks, for the time bar: once each, though two ships were there. */
function marksOf(tracks: readonly Track[]): TimeMark[] {
  const found = new Map<string, TimeMark>();
  for (const { vessel, events } of tracks)
    for (const event of events) {
      const title = `${titleOf(event)}: ${vessel.caption}, ${time(event.start)} to ${time(event.end)}`;
      if (!found.has(event.id)) found.set(event.id, { id: event.id, title, start: event.start, end: event.end, hollow: /gap/.test(event.kind), exercise: event.exercise });
    }
  return [...found.values()].slice(0, MARKS);
}
