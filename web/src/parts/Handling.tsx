import { notifyManager, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import { combine, markings, parse } from "../api/marking";
import { TLP_COLOURS } from "../theme";

/** The whole marking in TLP colours on black. It may wrap between words; it is never cut. */
export function Handling({ text, quiet = false }: { text: string | null | undefined; quiet?: boolean }) {
  const joint = text ? combine(text.split(" · ")) : null;
  if (!joint) return null;
  const { tlp } = parse(joint);
  return (
    <span
      className="cf-handling"
      data-quiet={quiet || undefined}
      data-testid="handling"
      style={{ color: TLP_COLOURS[tlp] ?? "#ff2b2b" }}
    >
      {joint.split("//").map((part, i) => (
        <span key={i}>
          {i > 0 && "//"}
          {part}
        </span>
      ))}
    </span>
  );
}

/** The word EXERCISE on every record that the exercise generator made. */
export function Exercise({ when = true }: { when?: boolean }) {
  return when ? (
    <span className="cf-exercise" data-testid="exercise-badge">
      EXERCISE
    </span>
  ) : null;
}

/** Marking and EXERCISE badge of one record. */
export function Marks({ of, quiet = true }: { of: { handling?: string; exercise?: boolean }; quiet?: boolean }) {
  if (!of.exercise && !of.handling) return null;
  return (
    <span className="cf-marks">
      <Exercise when={of.exercise === true} />
      <Handling text={of.handling} quiet={quiet} />
    </span>
  );
}

const known = new WeakMap<object, string | null>();

function markingOf(data: object): string | null {
  let marking = known.get(data);
  if (marking === undefined) {
    marking = combine(markings(data));
    known.set(data, marking);
  }
  return marking;
}

/** The narrowest marking of every answer that the mounted screen holds: an upper bound of what can be seen on it. */
export function useScreenMarking(): string | null {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((notify: () => void) => cache.subscribe(notifyManager.batchCalls(notify)), [cache]);
  return useSyncExternalStore(subscribe, () => {
    const parts: string[] = [];
    for (const query of cache.getAll()) {
      const data = query.state.data;
      if (query.getObserversCount() === 0 || query.meta?.onScreen === false || !data || typeof data !== "object") continue;
      const marking = markingOf(data);
      if (marking) parts.push(marking);
    }
    return combine(parts);
  });
}
