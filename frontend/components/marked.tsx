import { pieces } from "@/lib/offsets";

/** A text with its highlights marked. */
export function Marked({ text, highlights }: { text: string; highlights: readonly (readonly number[])[] }) {
  return pieces(text, highlights).map((piece, place) => (piece.marked ? <mark key={place}>{piece.text}</mark> : piece.text));
}
