import { Link } from "@tanstack/react-router";

import { Empty, Screen } from "./Screen";

/** An address that is no screen's. */
export function Nowhere() {
  return (
    <Screen name="nowhere" title="No such screen">
      <Empty title="There is no such screen">
        Look at the address, or begin at <Link to="/">Search</Link>.
      </Empty>
    </Screen>
  );
}
