import { ActionIcon, Button, Indicator, Popover, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useApi } from "../api/client";
import type { NewsAnswer, ProposalsAnswer } from "../api/types";
import { useEmergencies } from "../identity/Emergencies";
import { useAccount, useAct as useAccountAct, type Notice } from "../identity/session";
import { count, time, words } from "../parts/format";
import type { CaseSearch } from "../searches";
import { useAct } from "./acts";
import { useEvents } from "./live";
import { ACTS } from "./Proposals";
import { useCaseTitles } from "./titles";

const SHOWN = 20;

/** On which tab of a case a row of a kind stands. */
export const TAB_OF: Record<string, CaseSearch["tab"]> = {
  thing: "things",
  task: "tasks",
  note: "notes",
  request: "requests",
  referral: "requests",
  decision: "decisions",
  proposal: "decisions",
  snapshot: "snapshots",
};

/** What others did in one's cases, what waits for a second person, and what one was told: where and when, never what. */
export function Bell() {
  const [opened, setOpened] = useState(false);
  const { heard } = useEvents();
  const news = useApi<NewsAnswer>("/news", {}, { onScreen: false });
  const waiting = useApi<ProposalsAnswer>("/proposals", {}, { onScreen: false });
  const { me, waiting: emergencies } = useEmergencies();
  const told = useAccount<{ notices: Notice[] }>(me && !me.owner ? "/notices" : null);
  const seen = useAct<NewsAnswer>();
  const titles = useCaseTitles(opened);
  const called = (id: string) => titles.get(id) ?? <code>{id}</code>;
  const unseen = news.data?.unseen ?? 0;
  const others = (waiting.data?.proposals ?? []).filter((one) => !one.mine);
  const notices = (told.data?.notices ?? []).filter((one) => !one.seen_at);
  const all = unseen + others.length + emergencies.length + notices.length;
  const label = all ? `${count(all)} new in your cases` : "Nothing new in your cases";
  const close = () => setOpened(false);
  const toggle = () => {
    if (!opened && me && !me.owner) void told.refetch();
    setOpened(!opened);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={380} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={opened}>
          <Indicator disabled={all === 0} label={all > 99 ? "99+" : all} size={16} color="red.8">
            <ActionIcon variant="subtle" color="gray" aria-label={label} aria-expanded={opened} onClick={toggle} data-testid="bell" data-heard={heard}>
              <IconBell size={18} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown data-testid="news">
        {(others.length > 0 || emergencies.length > 0) && (
          <>
            <strong>Waits for a second person</strong>
            <ul className="cf-plain cf-news">
              {emergencies.map((one) => (
                <li key={one.id}>
                  <Link to="/cases" onClick={close} data-testid="news-emergency">
                    Break-glass: {called(one.case)}
                  </Link>
                  <span className="cf-soft cf-nowrap">{time(one.asked_at)}</span>
                </li>
              ))}
              {others.map((one) => (
                <li key={one.row}>
                  {one.case ? (
                    <Link to="/cases/$id" params={{ id: one.case }} search={{ tab: "decisions" }} onClick={close}>
                      {ACTS[one.act] ?? one.act}: {called(one.case)}
                    </Link>
                  ) : (
                    <Link to="/cases" onClick={close}>
                      {ACTS[one.act] ?? one.act}
                    </Link>
                  )}
                  <span className="cf-soft cf-nowrap">{time(one.at)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        {notices.length > 0 && (
          <>
            <strong>You were told</strong>
            <ul className="cf-plain cf-news">
              {notices.slice(0, SHOWN).map((one) => (
                <Told key={one.id} of={one} />
              ))}
            </ul>
          </>
        )}
        <strong>In your cases</strong>
        {news.data?.news.length ? (
          <ul className="cf-plain cf-news">
            {news.data.news.slice(0, SHOWN).map((one) => (
              <li key={one.id}>
                <Link to="/cases/$id" params={{ id: one.case }} search={{ tab: TAB_OF[one.kind] }} onClick={close} data-testid="news-item">
                  {words(one.kind)}: {called(one.case)}
                </Link>
                <span className="cf-soft cf-nowrap">{time(one.at)}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="cf-soft">Nothing that others did since you last looked.</p>
        )}
        {(news.data?.total ?? 0) > SHOWN && <p className="cf-soft">and {count((news.data?.total ?? 0) - SHOWN)} more</p>}
        <div className="cf-card-actions">
          <Button size="compact-xs" disabled={!unseen} loading={seen.isPending} onClick={() => seen.mutate({ path: "/news/seen", body: {} })} data-testid="all-seen">
            All seen
          </Button>
          <Button size="compact-xs" variant="default" renderRoot={(props) => <Link to="/cases" {...props} onClick={close} />}>
            Cases
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A notice about rights or break-glass: an id, no content. */
function Told({ of: one }: { of: Notice }) {
  const act = useAccountAct();
  return (
    <li data-testid="notice">
      <span className="cf-anywhere">
        {one.text} <span className="cf-soft cf-nowrap">{time(one.created_at)}</span>
      </span>
      <Button size="compact-xs" variant="default" loading={act.isPending} onClick={() => act.mutate({ method: "POST", path: `/notices/${one.id}/seen` })} data-testid="notice-seen">
        Seen
      </Button>
    </li>
  );
}
