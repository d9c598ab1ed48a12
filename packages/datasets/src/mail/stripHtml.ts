import { describeValue, ValueError } from '@espalier/core';
import { cutSpans } from '../text/cutSpans.js';

const NAMED: Record<string, string> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  copy: '©',
  reg: '®',
};

/** Tags within a word or sentence: what they enclose is not set apart from its neighbours. */
const INLINE = /^(a|abbr|b|big|em|font|i|small|span|strike|strong|sub|sup|tt|u)$/;

/**
 * The text of an HTML page as a reader sees it: without comments, scripts, styles and tags, entities resolved, all
 * white space as single spaces. Tags that break the line leave a space; those within a sentence leave nothing, so that
 * `v<b></b>iagra` is one word.
 *
 * @throws ValueError where it is no text.
 *
 * @example
 * ```ts
 * import { stripHtml } from '@espalier/datasets';
 *
 * const text = stripHtml('<p>Fr<!-- x -->ee&nbsp;<b>mon</b>ey</p><style>p {}</style><p>now &#33;</p>');
 * if (text !== 'Free money now !') throw new Error(text);
 * ```
 */
export function stripHtml(html: string): string {
  if (typeof html !== 'string') {
    throw new ValueError({
      where: 'stripHtml',
      problem: 'the page is given as text',
      got: describeValue(html),
      mend: 'decode bytes first: new TextDecoder().decode(bytes)',
    });
  }
  const bare = cutSpans(html, /<!--/g, /-->/g, () => '');
  const unscripted = cutSpans(bare, /<script\b/gi, /<\/script\s*>/gi, () => ' ');
  const unstyled = cutSpans(unscripted, /<style\b/gi, /<\/style\s*>/gi, () => ' ');
  const tagless = cutSpans(unstyled, /<[/!?]?([a-z][a-z0-9]*)\b/gi, />/g, ([, name]) =>
    INLINE.test(name!.toLowerCase()) ? '' : ' ',
  );
  return tagless
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));?/gi, resolveEntity)
    .replace(/\s+/g, ' ')
    .trim();
}

function resolveEntity(whole: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
  const point = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
}
