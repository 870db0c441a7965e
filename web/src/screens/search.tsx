import { Empty, Screen } from "../parts/Screen";

export function SearchScreen() {
  return (
    <Screen name="search" title="Search">
      <Empty title="Search" />
    </Screen>
  );
}
