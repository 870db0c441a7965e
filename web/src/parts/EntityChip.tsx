import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { kindOf } from "../theme";
import { words } from "./format";

/** Dot in the hue of the entity's kind; a red ring says that a sanctions authority lists it. */
export function KindDot({ schema, listed = false }: { schema: string; listed?: boolean }) {
  return (
    <span
      className="cf-dot"
      data-listed={listed || undefined}
      style={{ background: `var(--cf-kind-${kindOf(schema)})` }}
      role="img"
      aria-label={`${words(schema)}${listed ? ", listed" : ""}`}
    />
  );
}

/** An entity by name, the door to its page. */
export function EntityChip({ id, caption, schema, listed }: { id: string; caption: string; schema?: string; listed?: boolean }) {
  return (
    <Link to="/entity/$id" params={{ id }} className="cf-entity" data-testid="entity-link">
      {schema && <KindDot schema={schema} listed={listed} />}
      <bdi>{caption}</bdi>
      {listed && (
        <Tooltip label="Named by a sanctions list">
          <span className="cf-listed">listed</span>
        </Tooltip>
      )}
    </Link>
  );
}
