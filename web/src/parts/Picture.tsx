import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState, type CSSProperties } from "react";

import { PALETTES, type Palette } from "../theme";
import type { Drawing, Mount } from "../viz/drawing";

export function usePalette(): Palette {
  return PALETTES[useComputedColorScheme("light", { getInitialValueInEffect: false })];
}

interface Props<Data> {
  mount: Mount<Data>;
  data: Data;
  name: string;
  style?: CSSProperties;
  className?: string;
}

/** A drawing of `viz/` inside React: mounted once, updated whenever its data change. */
export function Picture<Data>({ mount, data, name, style, className }: Props<Data>) {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing<Data> | null>(null);
  const latest = useRef(data);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    latest.current = data;
    drawing.current?.update(data);
  }, [data]);
  useEffect(() => {
    const host = element.current;
    if (!host) return;
    try {
      drawing.current = mount(host, latest.current);
    } catch (error) {
      setFailed(String(error));
    }
    return () => {
      drawing.current?.destroy();
      drawing.current = null;
    };
  }, [mount]);
  return (
    <div ref={element} className={className} style={{ position: "relative", ...style }} data-testid={`picture-${name}`}>
      {failed && <div className="cf-empty">This browser cannot draw it ({failed}). The same records stand in the list.</div>}
    </div>
  );
}
