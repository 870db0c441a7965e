import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { SearchAnswer } from "../api/types";
import { SHORTCUTS } from "../shortcuts";
import { KindDot } from "./EntityChip";
import { Marks } from "./Handling";
import { words } from "./format";

const [store, actions] = createSpotlight();
export const openSearch = actions.open;

/** Search over everything from anywhere: names in any script, numbers, ships. */
export function SearchSpotlight() {
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query.trim(), 150);
  const navigate = useNavigate();
  const answer = useApi<SearchAnswer>(asked ? "/search" : null, { q: asked, limit: 12 }, { steady: true, onScreen: false });
  const hits = asked ? (answer.data?.results ?? []) : [];
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={SHORTCUTS.search.keys}
      tagsToIgnore={[]}
      size={680}
      zIndex={300}
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      transitionProps={{ duration: 80 }}
      scrollable
      maxHeight={440}
    >
      <Spotlight.Search
        placeholder="Name in any script, number, ship…"
        leftSection={<IconSearch size={18} />}
        data-testid="spotlight-input"
      />
      <Spotlight.ActionsList>
        {hits.map((hit) => (
          <Spotlight.Action
            key={hit.id}
            data-testid="spotlight-hit"
            onClick={() => void navigate({ to: "/entity/$id", params: { id: hit.id } })}
          >
            <span className="cf-hit">
              <KindDot schema={hit.schema} listed={hit.listed} />
              <span className="cf-hit-name">
                <bdi>{hit.caption}</bdi>
                {hit.matched && hit.matched !== hit.caption && (
                  <span className="cf-soft">
                    {" "}
                    · <bdi>{hit.matched}</bdi>
                  </span>
                )}
              </span>
              <span className="cf-soft">{words(hit.schema)}</span>
              {hit.listed && <span className="cf-listed">listed</span>}
              <Marks of={hit} />
            </span>
          </Spotlight.Action>
        ))}
        {hits.length === 0 && (
          <Spotlight.Empty>
            {!asked
              ? "Try 39호실, Bureau 39, an IMO number or a bank"
              : answer.isError
                ? answer.error.message
                : answer.isFetching
                  ? "Searching…"
                  : `Nothing readable matches “${asked}”. Try another spelling or script.`}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
