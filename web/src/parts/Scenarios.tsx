import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError, post, queryClient, remove, useApi } from "../api/client";
import { useReader } from "../api/reader";
import type { KeptScenario, WhatIfQuestion } from "../api/types";
import { inShort } from "../whatif/question";
import { Handling } from "./Handling";

interface Props {
  question: WhatIfQuestion;
  versus: string | undefined;
  onOpen: (one: KeptScenario) => void;
  onCompare: (name: string | undefined) => void;
}

/** Questions kept under a name: keep this one, open another, compare with it, take it off the list. */
export function Scenarios({ question, versus, onOpen, onCompare }: Props) {
  const reader = useReader();
  const kept = useApi<{ scenarios: KeptScenario[] }>("/scenarios");
  const [name, setName] = useState("");
  const settled = () => void queryClient.invalidateQueries({ queryKey: [reader, "/scenarios"] });
  const keep = useMutation<unknown, ApiError>({
    mutationFn: () => post("/scenarios", reader, { name, question }),
    onSuccess: () => {
      setName("");
      settled();
    },
  });
  const drop = useMutation<unknown, ApiError, string>({ mutationFn: (which) => remove("/scenarios", reader, { name: which }), onSuccess: settled });
  const rows = kept.data?.scenarios ?? [];
  const failed = keep.error ?? drop.error;
  return (
    <section className="cf-kept" aria-label="Scenarios" data-testid="scenarios">
      <form
        className="cf-filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) keep.mutate();
        }}
      >
        <TextInput size="xs" w={220} placeholder="Name of this scenario" aria-label="Name of this scenario" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} />
        <Button size="xs" variant="light" type="submit" disabled={!name.trim()} loading={keep.isPending}>
          {rows.some((one) => one.name === name.trim()) ? "Save over it" : "Save"}
        </Button>
        {!rows.length && <span className="cf-soft">Saved scenarios are listed here; two of them can be compared.</span>}
        {failed && <span role="alert">{failed.message}</span>}
      </form>
      {rows.length > 0 && (
        <table className="cf-table">
          <tbody>
            {rows.map((one) => (
              <tr key={one.name} data-testid="scenario" data-chosen={one.name === versus || undefined}>
                <td>
                  <button type="button" className="cf-door" onClick={() => onOpen(one)}>
                    {one.name}
                  </button>
                </td>
                <td className="cf-soft">{inShort(one.question)}</td>
                <td className="cf-soft">
                  {one.by}, {one.at.slice(0, 10)}
                </td>
                <td>
                  <Handling text={one.handling} quiet />
                </td>
                <td className="num">
                  <Button size="compact-xs" variant={one.name === versus ? "filled" : "light"} onClick={() => onCompare(one.name === versus ? undefined : one.name)}>
                    {one.name === versus ? "Compared" : "Compare"}
                  </Button>{" "}
                  <Button size="compact-xs" variant="subtle" aria-label={`Delete ${one.name}`} onClick={() => drop.mutate(one.name)}>
                    Delete
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
