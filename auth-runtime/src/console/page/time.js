// Times and durations in words.

export const now = () => Date.now() / 1000;

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** A duration in its two largest units, such as `1 h 5 min`. */
export function duration(seconds) {
  let left = Math.max(0, Math.round(seconds));
  const parts = UNITS.map(([size, unit]) => {
    const count = Math.floor(left / size);
    left %= size;
    return count ? `${count} ${unit}` : "";
  });
  const first = parts.findIndex(Boolean);
  return first < 0 ? "0 s" : parts.slice(first, first + 2).filter(Boolean).join(" ");
}

/** How long a token is still valid, in words. */
export function validity({ exp, nbf } = {}) {
  if (!Number.isFinite(exp)) return { text: "never expires", isOver: false };
  if (exp <= now()) return { text: `expired ${duration(now() - exp)} ago`, isOver: true };
  if (nbf > now()) return { text: `valid in ${duration(nbf - now())}`, isOver: true };
  return { text: `valid for ${duration(exp - now())}`, isOver: false };
}

/** A moment as the user writes it. */
export const moment = (seconds) => new Date(seconds * 1000).toLocaleString();
