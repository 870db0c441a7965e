import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { useApi } from "../api/client";
import type { Corridors, MapData } from "../api/types";
import { CorridorPanel } from "../parts/CorridorPanel";
import { MapPanel, type MapLayer } from "../parts/MapPanel";
import { Picture, usePalette } from "../parts/Picture";
import { Answered, Screen } from "../parts/Screen";
import { TimeBar, useTimeWindow } from "../parts/TimeBar";
import { arcsOf } from "../viz/corridorArcs";
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
  const follow = useCallback((id: string | null | undefined) => void navigate({ to: "/map", search: (before) => ({ ...before, corridor: id ?? undefined }), replace: true }), [navigate]);
  const toggle = (layer: MapLayer) => {
    const next = hide.has(layer) ? [...hide].filter((one) => one !== layer) : [...hide, layer];
    void navigate({ to: "/map", search: (before) => ({ ...before, hide: next.length ? next : undefined }) });
  };

  const events = useMemo(
    () => (hide.has("events") ? [] : data.events.filter((e) => !hide.has(`kind:${e.kind}`) && window.shows({ start: e.date, end: e.date }))),
    [data, hide, window],
  );
  const findings = useMemo(() => (hide.has("findings") ? [] : data.findings.filter(window.shows)), [data, hide, window]);
  const tracks = useMemo(
    () =>
      hide.has("tracks")
        ? []
        : data.tracks
            .map((track) => ({ ...track, points: track.points.filter(([, , time]) => window.shows({ start: time, end: time })) }))
            .filter((track) => track.points.length > 0),
    [data, hide, window],
  );
  const spans = useMemo(
    () => [
      ...data.events.map((e) => ({ start: e.date, end: e.date })),
      ...data.findings.map((f) => ({ start: f.start, end: f.end })),
      ...data.tracks.map((t) => ({ start: t.points[0]?.[2] ?? null, end: t.points.at(-1)?.[2] ?? null })),
    ],
    [data],
  );
  const periods = useMemo(() => Object.keys(corridors?.periods ?? {}).map((period) => ({ start: period, end: period })), [corridors]);
  const drawing = useMemo<WorldMapData>(
    () => ({
      palette,
      events,
      tracks,
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
    [palette, events, tracks, findings, arcs, search.corridor, follow, search.event, view, choose, look],
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
        <MapPanel
          all={data}
          shown={{ events, tracks, findings }}
          hide={hide}
          toggle={toggle}
          chosen={search.event}
          picked={picked}
          onChoose={choose}
          onUnpick={() => setPicked(null)}
        >
          <CorridorPanel
            mode={search.corridors}
            onMode={(corridors) => void navigate({ to: "/map", search: (before) => ({ ...before, corridors, corridor: undefined }) })}
            corridors={corridors}
            chosen={search.corridor}
            onChoose={follow}
          />
        </MapPanel>
      </div>
      <TimeBar spans={spans} also={periods} window={window} what="records" />
    </>
  );
}
