import { Start } from "@/components/start";

export default function Page() {
  return <Start />;
}
