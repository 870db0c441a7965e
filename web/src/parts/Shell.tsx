import { ActionIcon, Kbd, Modal, Select, Switch, TextInput, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import {
  IconAffiliate,
  IconArrowsSplit2,
  IconBinoculars,
  IconCoinBitcoin,
  IconDatabase,
  IconFileText,
  IconFiles,
  IconFolders,
  IconGitCompare,
  IconGitMerge,
  IconKeyboard,
  IconMap2,
  IconMoon,
  IconQuestionMark,
  IconScale,
  IconSearch,
  IconSun,
  IconSend,
  IconTopologyStar3,
  IconUserSearch,
} from "@tabler/icons-react";
import { Link, Navigate, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useApi } from "../api/client";
import { useAsOf, useReader } from "../api/reader";
import type { Audiences } from "../api/types";
import { Bell } from "../cases/Bell";
import { Prove } from "../identity/Prove";
import { useSession, type Me } from "../identity/session";
import { SignIn } from "../identity/SignIn";
import { WhoAmI } from "../identity/WhoAmI";
import { SCREENS, SHORTCUTS } from "../shortcuts";
import { ClaimsDrawer } from "./ClaimsDrawer";
import { ExplainDrawer } from "./ExplainDrawer";
import { Failure } from "./Screen";
import { Handling, useScreenMarking } from "./Handling";
import { openSearch, SearchSpotlight } from "./Spotlight";

import "../cases.css";

const ICONS = {
  "/": IconSearch,
  "/network": IconAffiliate,
  "/map": IconMap2,
  "/flow": IconArrowsSplit2,
  "/findings": IconBinoculars,
  "/patterns": IconTopologyStar3,
  "/taint": IconCoinBitcoin,
  "/measures": IconScale,
  "/questions": IconQuestionMark,
  "/report": IconFileText,
  "/sources": IconDatabase,
  "/documents": IconFiles,
  "/hypotheses": IconGitCompare,
  "/cases": IconFolders,
  "/screening": IconUserSearch,
  "/review": IconGitMerge,
  "/sharing": IconSend,
};

/** The workbench for whoever is signed in; the page to sign in for anybody else. */
export function Gate() {
  const session = useSession();
  if (session.data === undefined) return session.isError ? <Failure error={session.error} retry={() => void session.refetch()} /> : null;
  const { users, me, ways } = session.data;
  if (users && !me && ways) return <SignIn ways={ways} />;
  return me && !me.verbs.includes("read") ? <Keeper me={me} /> : <Shell me={me} />;
}

/** Screens of those who read nothing: `/custody` is for auditors. */
const OWN = ["/account", "/administration", "/custody"];

/** For those who keep the house or check it, and read nothing: no search, no screens but their own. */
function Keeper({ me }: { me: Me }) {
  const administers = me.verbs.includes("administer");
  const own = useRouterState({
    select: ({ location, resolvedLocation }) => [location, resolvedLocation].every((one) => OWN.includes(one?.pathname ?? "")),
  });
  return (
    <div className="cf-shell cf-keeper">
      <div className="cf-banner" role="region" aria-label="Marking of this screen">
        <span className="cf-banner-none">Nothing marked on screen</span>
      </div>
      <header className="cf-header">
        <Link to={administers ? "/administration" : "/account"} className="cf-product" data-testid="product">
          Counterflow
        </Link>
        {me.verbs.includes("audit") && <Link to="/custody">Custody</Link>}
        <span className="cf-grow" />
        <WhoAmI me={me} />
        <SchemeSwitch />
      </header>
      <div className="cf-main">{own ? <Outlet /> : <Navigate to={administers ? "/administration" : "/account"} replace />}</div>
      <Prove />
    </div>
  );
}

/** Everything around a screen: marking, product, search, date, audience, the EXERCISE switch, and the ways between screens. */
function Shell({ me }: { me: Me | null }) {
  const [help, { open: showHelp, close: hideHelp }] = useDisclosure(false);
  const navigate = useNavigate();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useHotkeys([
    [SHORTCUTS.help.keys, showHelp],
    ...SCREENS.map(({ to, digit }) => [digit, () => void navigate({ to })] as [string, () => void]),
  ]);
  return (
    <div className="cf-shell">
      <Banner />
      <header className="cf-header">
        <Link to="/" className="cf-product" data-testid="product">
          Counterflow
        </Link>
        <button type="button" className="cf-searchbox" onClick={openSearch} data-testid="open-search">
          <IconSearch size={15} aria-hidden />
          <span>Search everything</span>
          <Kbd size="xs">Ctrl K</Kbd>
        </button>
        <span className="cf-grow" />
        <AsOf />
        <KnownOn />
        {(!me || me.owner) && <AudienceSwitch />}
        <ExerciseSwitch />
        <Bell />
        {me && !me.owner && <WhoAmI me={me} />}
        <SchemeSwitch />
        <Tooltip label="Keyboard">
          <ActionIcon variant="subtle" color="gray" aria-label="Keyboard shortcuts" onClick={showHelp}>
            <IconKeyboard size={18} />
          </ActionIcon>
        </Tooltip>
      </header>
      <nav className="cf-rail" aria-label="Screens">
        {SCREENS.map(({ to, title, digit, ...screen }) => {
          const Icon = ICONS[to];
          const leadsHere = "leadsTo" in screen && screen.leadsTo.some((one) => one === path);
          return (
            <Link
              key={to}
              to={to}
              title={`${title} (${digit})`}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
              aria-current={leadsHere || undefined}
              data-testid={`nav-${title.toLowerCase()}`}
            >
              <Icon size={20} stroke={1.6} aria-hidden />
              {title}
            </Link>
          );
        })}
      </nav>
      <div className="cf-main">
        <Outlet />
      </div>
      {me && !me.owner && <Prove />}
      <SearchSpotlight />
      <ExplainDrawer />
      <ClaimsDrawer />
      <Modal opened={help} onClose={hideHelp} title="Keyboard" size="md">
        <table className="cf-table">
          <tbody>
            {Object.values(SHORTCUTS).map((one) => (
              <tr key={one.print}>
                <td>
                  <Kbd>{one.print}</Kbd>
                </td>
                <td>{one.does}</td>
                <td className="cf-soft">{one.where}</td>
              </tr>
            ))}
            {SCREENS.map((one) => (
              <tr key={one.digit}>
                <td>
                  <Kbd>{one.digit}</Kbd>
                </td>
                <td>Go to {one.title}</td>
                <td className="cf-soft">everywhere</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Modal>
    </div>
  );
}

function Banner() {
  const marking = useScreenMarking();
  const { knownOn } = useReader();
  return (
    <div className="cf-banner" role="region" data-testid="screen-marking" aria-label="Marking of this screen">
      {marking ? <Handling text={marking} /> : <span className="cf-banner-none">Nothing marked on screen</span>}
      {knownOn && <span className="cf-banner-known" data-testid="known-banner">as known on {knownOn}</span>}
    </div>
  );
}

function AsOf() {
  return <DateInput name="as_of" value={useAsOf()} label="as of" width={138} hint="The state of affairs on this date: entities, links and flows that held then. Empty: over all time." />;
}

function KnownOn() {
  const { knownOn } = useReader();
  return <DateInput name="known_on" value={knownOn} label="known on" width={164} hint="What this workspace knew at the end of this date: later records, corrections and judgements are left out. Empty: all that is known." />;
}

function DateInput({ name, value, label, width, hint }: { name: "as_of" | "known_on"; value: string | undefined; label: string; width: number; hint: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const valid = text === "" || /^\d{4}(-\d{2}(-\d{2})?)?$/.test(text);
  const apply = () => {
    if (valid && text !== (value ?? "")) {
      void navigate({ to: ".", search: (before) => ({ ...before, [name]: text || undefined }) });
    }
  };
  return (
    <Tooltip label={hint}>
      <TextInput
        size="xs"
        w={width}
        leftSection={<span className="cf-soft">{label}</span>}
        leftSectionWidth={label.length * 7 + 14}
        placeholder="now"
        aria-label={`${label.charAt(0).toUpperCase()}${label.slice(1)} date`}
        value={text}
        error={!valid}
        onChange={(event) => setText(event.currentTarget.value.trim())}
        onBlur={apply}
        onKeyDown={(event) => event.key === "Enter" && apply()}
        data-testid={name.replace("_", "-")}
      />
    </Tooltip>
  );
}

function AudienceSwitch() {
  const { audience } = useReader();
  const navigate = useNavigate();
  const query = useApi<Audiences>("/audiences", {}, { onScreen: false });
  const all = query.data?.audiences ?? [];
  const current = audience ?? query.data?.current ?? null;
  return (
    <Tooltip label={all.find((one) => one.name === current)?.text ?? "For whom everything is computed"}>
      <Select
        w={150}
        aria-label="Audience"
        placeholder="audience"
        data={all.map((one) => one.name)}
        value={current}
        onChange={(name) => void navigate({ to: ".", search: (before) => ({ ...before, audience: name ?? undefined }) })}
        comboboxProps={{ width: 220 }}
        data-testid="audience"
      />
    </Tooltip>
  );
}

function ExerciseSwitch() {
  const { exercise } = useReader();
  const navigate = useNavigate();
  return (
    <Tooltip label="Exercise records are generated, never real. Off: they are nowhere, not even in counts.">
      <span>
        <Switch
          label="EXERCISE"
          labelPosition="left"
          classNames={{ label: "cf-switch-label" }}
          color="grape"
          checked={exercise}
          onChange={(event) => {
            const shown = event.currentTarget.checked;
            void navigate({ to: ".", search: (before) => ({ ...before, exercise: shown ? undefined : 0 }) });
          }}
          data-testid="exercise-switch"
        />
      </span>
    </Tooltip>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Switch to ${other}`}
        onClick={() => setColorScheme(other)}
        data-testid="scheme-switch"
      >
        {scheme === "dark" ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
