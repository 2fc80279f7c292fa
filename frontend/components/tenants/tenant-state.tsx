import { Status, type State } from "../ui/facts";
import type { TenantStatus } from "@/lib/client/types.gen";
import { useWords } from "@/lib/i18n";
import { tenants } from "@/lib/messages/tenants";

const STATES: Record<TenantStatus, State> = { active: "good", inactive: "off", disabled: "late" };

/** Whether a team can be worked in. */
export function TenantState({ status }: { status: TenantStatus }) {
  const { t } = useWords(tenants);
  return <Status state={STATES[status]}>{t(`state_${status}`)}</Status>;
}
