import { Frame } from "@/components/administration/frame";

export default function Layout({ children }: { children: React.ReactNode }) {
  return <Frame>{children}</Frame>;
}
