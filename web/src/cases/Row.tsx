import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";

import type { CaseFile, CaseRow } from "../api/types";
import { time } from "../parts/format";
import { Marks } from "../parts/Handling";
import { TLPS } from "./CaseForm";
import { LetOut } from "./LetOut";
import { CircleInput, ReadersInput } from "./Pickers";
import { said } from "./Refusal";

/** One row of a case: what it says, who wrote it and when, its marking, and what stands beside it. */
export function Row({ of, file, children, actions }: { of: CaseRow; file: CaseFile; children: ReactNode; actions?: ReactNode }) {
  return (
    <li className="cf-card cf-case-row" data-testid={`row-${of.kind}`} data-row={of.row}>
      <div className="cf-case-said">{children}</div>
      <div className="cf-brief-foot">
        <span className="cf-soft cf-nowrap">
          {of.by}, {time(of.at)}
        </span>
        <Marks of={of} />
        <span className="cf-actions">
          <LetOut file={file} row={of.row} />
          {actions}
        </span>
      </div>
      {of.beside.map((one) => (
        <div key={one.version} className="cf-beside" data-testid="beside">
          <strong>Beside it:</strong> {one.by} wrote another version, {time(one.at)} <Marks of={one} />
          <div className="cf-soft">
            {Object.entries(one.fields)
              .filter(([key, value]) => JSON.stringify((of as unknown as Record<string, unknown>)[key]) !== JSON.stringify(value))
              .map(([key, value]) => `${key}: ${said(value)}`)
              .join(" · ")}
          </div>
        </div>
      ))}
    </li>
  );
}

export interface Stated {
  tlp: string;
  releasable_to?: string[];
  readers?: string[];
}

/** Stricter handling for one row; without it, that of the case. */
export function useLabel(file: CaseFile): { label: Stated | null; field: ReactNode; clear: () => void } {
  const [tlp, setTlp] = useState<string | null>(null);
  const [to, setTo] = useState<string[]>([]);
  const [readers, setReaders] = useState<string[]>([]);
  const label = tlp ? { tlp, ...(to.length ? { releasable_to: to } : {}), ...(readers.length ? { readers } : {}) } : null;
  const field = (
    <div className="cf-case-line">
      <Select size="xs" label="Handling" placeholder="as the case" clearable data={TLPS} value={tlp} onChange={setTlp} data-testid="row-tlp" />
      {tlp?.startsWith("TLP:AMBER") && <CircleInput placeholder="your organisation" file={file} value={to} onChange={setTo} />}
      {tlp === "TLP:RED" && <ReadersInput value={readers} onChange={setReaders} />}
    </div>
  );
  /** What was stated for one row is not for the next. */
  const clear = () => {
    setTlp(null);
    setTo([]);
    setReaders([]);
  };
  return { label, field, clear };
}

/** A form that adds a row; folded until it is wanted. */
export function Adding({ title, children, onSave, pending, ready, done, error, kind }: { title: string; kind: string; children: ReactNode; onSave: () => void; pending: boolean; ready: boolean; done: boolean; error: ReactNode }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (done) setOpen(false);
  }, [done]);
  if (!open) {
    return (
      <Button variant="default" onClick={() => setOpen(true)} data-testid={`add-${kind}`}>
        {title}
      </Button>
    );
  }
  return (
    <form
      className="cf-card cf-case-form"
      aria-label={title}
      data-testid={`form-${kind}`}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <strong>{title}</strong>
      {children}
      {error}
      <div className="cf-card-actions">
        <Button type="submit" loading={pending} disabled={!ready} data-testid={`save-${kind}`}>
          Save
        </Button>
        <Button variant="default" onClick={() => setOpen(false)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

interface BecauseProps<Of> {
  title: string;
  what: string;
  begin?: string;
  /** What it is done to: as it was when the form was opened, whatever came since. */
  of: Of;
  onDone: (because: string, of: Of) => void;
  pending: boolean;
  needed?: boolean;
  testId: string;
}

/** A reason asked for before something is done. */
export function Because<Of>({ title, what, begin = "", of, onDone, pending, needed = true, testId }: BecauseProps<Of>) {
  const [opened, setOpened] = useState<{ of: Of } | null>(null);
  const [text, setText] = useState(begin);
  const open = () => {
    setText(begin);
    setOpened({ of });
  };
  if (!opened) {
    return (
      <Button size="compact-xs" variant="default" onClick={open} data-testid={testId}>
        {title}
      </Button>
    );
  }
  return (
    <form
      className="cf-case-line"
      onSubmit={(event) => {
        event.preventDefault();
        setOpened(null);
        onDone(text, opened.of);
      }}
    >
      <TextInput size="xs" aria-label={what} placeholder={what} value={text} onChange={(event) => setText(event.currentTarget.value)} autoFocus data-testid={`${testId}-because`} />
      <Button size="xs" type="submit" disabled={needed && !text.trim()} loading={pending} data-testid={`${testId}-do`}>
        {title}
      </Button>
      <Button size="xs" variant="default" onClick={() => setOpened(null)}>
        Cancel
      </Button>
    </form>
  );
}
