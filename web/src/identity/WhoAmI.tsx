import { ActionIcon, Autocomplete, Button, Menu, Select } from "@mantine/core";
import { IconLogout, IconSettings, IconUser, IconUsersGroup } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { call } from "../api/client";
import { useCaseTitles } from "../cases/titles";
import { changedHands, useAct, type Me } from "./session";

/** Who is signed in, for what purpose and case; the ways to the own account, to administration, and out. */
export function WhoAmI({ me }: { me: Me }) {
  const cache = useQueryClient();
  const act = useAct();
  const [work, setWork] = useState(me.case ?? "");
  const [opened, setOpened] = useState(false);
  useEffect(() => setWork(me.case ?? ""), [me.case]);
  const declare = (body: { purpose?: string; case?: string }) =>
    act.mutate({ method: "PATCH", path: "/session", body }, { onSuccess: () => void cache.invalidateQueries() });
  const leave = async () => {
    try {
      await call("DELETE", "/session");
    } catch {
      // the server does not answer: at least nothing stays on this screen
      cache.setQueryData(["session"], { users: true, me: null, ways: { passkey: false, provider: null, first: false } });
      return;
    }
    await changedHands(cache);
  };
  const reads = me.verbs.includes("read");
  const titles = useCaseTitles(opened && reads);
  return (
    <>
    <Menu opened={opened} onChange={setOpened} width={290} position="bottom-end" closeOnItemClick={false} withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconUser size={15} aria-hidden />} data-testid="who-am-i" data-emergency={me.emergency || undefined}>
          {me.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="cf-who">
          <strong>{me.name}</strong>
          <span className="cf-soft">
            {me.organisation}
            {me.unit && `, ${me.unit}`} · {me.roles?.join(", ") || "no role"}
          </span>
          {reads && (
            <span className="cf-soft">
              up to {me.ceiling}
              {me.compartments?.length ? ` · ${me.compartments.join(", ")}` : ""}
            </span>
          )}
          {me.emergency && (
            <span className="cf-overdue" data-testid="emergency-on">
              Break-glass is open
            </span>
          )}
          {reads && (
            <>
              <Select
                size="xs"
                label="Purpose"
                placeholder="none declared"
                data={me.purposes ?? []}
                value={me.purpose || null}
                clearable
                onChange={(purpose) => declare({ purpose: purpose ?? "" })}
                comboboxProps={{ withinPortal: false }}
                data-testid="purpose"
              />
              <Autocomplete
                size="xs"
                label="Case"
                description={titles.get(work)}
                styles={{ description: { fontSize: 12 } }}
                placeholder="none"
                data={[...titles.keys()]}
                filter={({ options, search }) => options.filter((one) => "value" in one && (titles.has(search) || `${one.value} ${titles.get(one.value) ?? ""}`.toLowerCase().includes(search.trim().toLowerCase())))}
                renderOption={({ option }) => titles.get(option.value) ?? option.value}
                value={work}
                onChange={setWork}
                onOptionSubmit={(id) => declare({ case: id })}
                comboboxProps={{ withinPortal: false }}
                onBlur={() => work !== (me.case ?? "") && declare({ case: work })}
                onKeyDown={(event) => event.key === "Enter" && declare({ case: work })}
                data-testid="case"
              />
            </>
          )}
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconSettings size={15} aria-hidden />} closeMenuOnClick data-testid="to-account">
          My account
        </Menu.Item>
        {me.verbs.includes("administer") && (
          <Menu.Item component={Link} to="/administration" leftSection={<IconUsersGroup size={15} aria-hidden />} closeMenuOnClick data-testid="to-administration">
            Administration
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
    <ActionIcon variant="default" size={30} onClick={() => void leave()} aria-label="Sign out" title="Sign out" data-testid="sign-out">
      <IconLogout size={16} aria-hidden />
    </ActionIcon>
    </>
  );
}
