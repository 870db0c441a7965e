import { Empty, Screen } from "../parts/Screen";

export function SourcesScreen() {
  return (
    <Screen name="sources" title="Sources">
      <Empty title="Sources" />
    </Screen>
  );
}
