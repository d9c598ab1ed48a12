/** A figure of training with four significant places, without an exponent where that can be read. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6
    ? value.toFixed(Math.abs(value) >= 100 ? 1 : 4)
    : value.toExponential(2);
}

/** A share of 1 as percent with two decimals. */
export function percent(share: number, decimals = 2): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** A count with commas between thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Seconds as a person says them: `8.3 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `valAccuracy` as people read it: `val accuracy`. */
export function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** Bytes as megabytes of 1024 × 1024: `100 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 2 ** 20;
  return `${Number.isInteger(size) ? size : size.toFixed(1)} MB`;
}
