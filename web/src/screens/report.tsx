import { Empty, Screen } from "../parts/Screen";

export function ReportScreen() {
  return (
    <Screen name="report" title="Report">
      <Empty title="Report" />
    </Screen>
  );
}
