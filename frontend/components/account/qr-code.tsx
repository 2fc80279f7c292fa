"use client";

import { encode } from "uqr";

/** A QR code, drawn here: what it says goes to nobody. Dark on light in every theme, as cameras want it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" className="size-60 bg-scan-ground">
      <path d={path} className="fill-scan-ink" />
    </svg>
  );
}
