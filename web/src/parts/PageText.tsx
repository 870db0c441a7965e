import { useRef, type KeyboardEvent } from "react";

import type { Mention } from "../api/types";

export interface Passage {
  start: number;
  end: number;
}

interface PageTextProps {
  text: string;
  mentions: Mention[];
  chosen: Passage | null;
  onChoose: (passage: Passage) => void;
  onOpen: (mention: Mention) => void;
}

/** The server counts characters, the browser 16-bit units: they differ beyond the basic plane. */
const characters = (text: string): number => Array.from(text).length;

/**
 * The text of a page as it is, with what is named in it marked. Its text content is the page's, character for character,
 * so that a selection is a place on the page.
 */
export function PageText({ text, mentions, chosen, onChoose, onOpen }: PageTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const all = Array.from(text);
  const slice = (start: number, end: number): string => all.slice(start, end).join("");
  const select = (): void => {
    const found = box.current && within(box.current);
    if (found) onChoose(found);
  };
  const parts = [];
  let at = 0;
  for (const one of mentions) {
    if (one.start < at) continue;
    if (one.start > at) parts.push(<Plain key={at} text={slice(at, one.start)} start={at} chosen={chosen} />);
    const open = (): void => onOpen(one);
    parts.push(
      <mark
        key={`m${one.start}`}
        className="cf-mention"
        data-kind={one.kind}
        data-unsure={!one.sure || one.valid === false || undefined}
        data-testid="mention"
        role="button"
        tabIndex={0}
        title={`${one.kind}: ${one.entities.map((e) => e.caption).join("; ") || one.value}`}
        onClick={() => window.getSelection()?.isCollapsed !== false && open()}
        onKeyDown={(event: KeyboardEvent) => event.key === "Enter" && open()}
      >
        <Plain text={slice(one.start, one.end)} start={one.start} chosen={chosen} />
      </mark>,
    );
    at = one.end;
  }
  parts.push(<Plain key={at} text={slice(at, all.length)} start={at} chosen={chosen} />);
  return (
    <div ref={box} className="cf-page" dir="auto" onMouseUp={select} onKeyUp={select} data-testid="page-text">
      {parts}
    </div>
  );
}

/** A stretch of text, the chosen passage in it underlined. */
function Plain({ text, start, chosen }: { text: string; start: number; chosen: Passage | null }) {
  const all = Array.from(text);
  const from = Math.max(0, (chosen?.start ?? 0) - start);
  const to = Math.min(all.length, (chosen?.end ?? 0) - start);
  if (!chosen || from >= to) return <>{text}</>;
  return (
    <>
      {all.slice(0, from).join("")}
      <span className="cf-passage" data-testid="passage">
        {all.slice(from, to).join("")}
      </span>
      {all.slice(to).join("")}
    </>
  );
}

/** The selection as characters from the start of the box; null where there is none in it. */
function within(box: HTMLElement): Passage | null {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(box);
  before.setEnd(range.startContainer, range.startOffset);
  const text = range.toString();
  const lead = text.length - text.trimStart().length;
  const start = characters(before.toString()) + lead;
  const end = start + characters(text.trim());
  return end > start ? { start, end } : null;
}
