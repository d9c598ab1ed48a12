/** A message, or a part of one, cut into header and body; both are binary strings. */
export interface Message {
  /** By lower-case name; of repeated headers the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** The header as it stands. */
  readonly head: string;
  readonly body: string;
}

/** Cuts a message (RFC 822) at its first empty line and unfolds its headers. */
export function parseMessage(message: string): Message {
  const text = message.replace(/\r\n?/g, '\n');
  const border = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  const head = border < 0 ? text : text.slice(0, border);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name] = /^([!-9;-~]+):/.exec(line) ?? [];
    if (name === undefined || headers.has(name.toLowerCase())) continue;
    headers.set(name.toLowerCase(), line.slice(name.length + 1).trimStart());
  }
  return { headers, head, body: border < 0 ? '' : text.slice(border).replace(/^\n+/, '') };
}

/** A parameter of a header, with its value in quotes or without. */
const PARAMETER = /;\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))/g;

/** A header such as `text/html; charset="utf-8"` as its value and one of its parameters. */
export function contentType(headers: Message['headers']): {
  type: string;
  parameter(name: 'boundary' | 'charset'): string | undefined;
} {
  const header = headers.get('content-type') ?? '';
  const type = header.split(';', 1)[0]!.trim().toLowerCase() || 'text/plain';
  return {
    type,
    parameter(name) {
      for (const [, key, quoted, plain] of header.matchAll(PARAMETER))
        if (key!.toLowerCase() === name) return quoted ?? plain;
      return undefined;
    },
  };
}

/** The parts of a multipart body, without what stands before the first and after the last boundary. */
export function splitParts(body: string, boundary: string): string[] {
  const lines = `\n${body}`.split(`\n--${boundary}`);
  const last = lines.findIndex((part) => part.startsWith('--'));
  return lines.slice(1, last < 0 ? undefined : last).map((part) => part.slice(part.indexOf('\n') + 1));
}
