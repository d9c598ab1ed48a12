import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MailTextOptions, mailText, type SpamAssassin, spamAssassin, stripHtml } from '@espalier/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

const MULTIPART = [
  'From: a@b.example',
  'Subject: Two',
  '\tparts',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="--=_x.1"',
  '',
  'Not for modern readers.',
  '----=_x.1',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'caf=E9 au=',
  ' lait   ',
  '--inner',
  'Content-Type: text/html',
  '',
  '<p>not wanted twice</p>',
  '--inner--',
  '----=_x.1',
  'Content-Type: image/png',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
  '----=_x.1',
  'Content-Type: text/plain; charset="utf-8"',
  'Content-Transfer-Encoding: base64',
  '',
  'Z3LDvMOf',
  'ZQ==',
  '----=_x.1--',
  'epilogue',
].join('\n');

describe('mailText', () => {
  it.each<[string, Uint8Array, string, MailTextOptions?]>([
    ['keeps the subject and the body', utf8('From: x\nSubject: Hello\n\nthere,\n\n  you\n'), 'Hello there, you'],
    ['drops the header where asked', utf8('Subject: Hello\n\nthere'), 'there', { headers: 'none' }],
    [
      'keeps all of the header where asked',
      utf8('To: me\nSubject: Hello\n\nthere'),
      'To: me Subject: Hello there',
      { headers: 'all' },
    ],
    ['reads parts, encodings and charsets', utf8(MULTIPART), 'Two parts café au lait grüße'],
    ['reads CRLF as LF', utf8(MULTIPART.replaceAll('\n', '\r\n')), 'Two parts café au lait grüße'],
    ['strips HTML', utf8('Content-Type: text/html\n\n<b>Bu</b>y&nbsp;now<br>!'), 'Buy now !'],
    ['strips HTML that is not announced', utf8('Subject: s\n\n<html><body>Buy</body></html>'), 's Buy'],
    ['keeps HTML where asked', utf8('Content-Type: text/html\n\n<b>Buy</b>'), '<b>Buy</b>', { html: 'keep' }],
    ['takes unnamed bytes for UTF-8 where they are', utf8('\n\nnaïve €'), 'naïve €'],
    ['and for Windows-1252 where not', latin('\n\nna\u00efve \u0080'), 'naïve €'],
    ['trusts bytes more than the name ASCII', latin('Content-Type: text/plain; charset=us-ascii\n\n\u00e9'), 'é'],
    ['survives unknown charsets', latin('Content-Type: text/plain; charset=default_charset\n\n\u00e9'), 'é'],
    ['reads other charsets', latin('Content-Type: text/plain; charset=koi8-r\n\n\u00d0\u00d2\u00c9'), 'при'],
    [
      'decodes the subject',
      utf8('Subject: =?iso-8859-1?Q?=A1Hola,_se=F1or!?=\n =?UTF-8?B?IOKCrA==?=\n\n'),
      '¡Hola, señor! €',
    ],
    ['reads forwarded messages', utf8('Content-Type: message/rfc822\n\nSubject: inner\n\nwords'), 'words'],
    ['reads a message without a body', utf8('Subject: alone'), 'alone'],
    ['reads a multipart without its boundary as text', utf8('Content-Type: multipart/mixed\n\nwords'), 'words'],
    ['reads an empty file', new Uint8Array(), ''],
    ['passes over damaged codes', utf8('Content-Transfer-Encoding: base64\n\n!aGk=%%A'), 'hi'],
    [
      'leaves damaged quoted-printable as it is',
      utf8('Content-Transfer-Encoding: quoted-printable\n\n=G1 =41'),
      '=G1 A',
    ],
  ])('%s', (_, bytes, text, options) => {
    expect(mailText(bytes, options)).toBe(text);
  });
});

describe('stripHtml', () => {
  it.each([
    ['a<br>b<p>c</p>d', 'a b c d'],
    ['v<b></b>ia<!-- hidden -->gra', 'viagra'],
    ['<style>b {}</style>x<script>if (a < b) {}</script >y', 'x y'],
    ['&lt;b&gt; &amp;amp; &#65;&#x42; &copy; &unknown; &#0; &#1114112;', '<b> &amp; AB © &unknown;'],
    ['2 < 3 and 5 > 4', '2 < 3 and 5 > 4'],
    ['<!-- never closed', '<!-- never closed'],
    ['<a href="x>y">link</a>', 'y">link'],
    ['<!DOCTYPE html><HTML>x</HTML>', 'x'],
  ])('%s', (html, text) => {
    expect(stripHtml(html)).toBe(text);
  });
});

/** Mail that was written to be slow, by what it repeats: a megabyte of it, with time that grows with the square, are hours. */
const HOSTILE: readonly (readonly [string, (times: number) => string])[] = [
  ['blanks in quoted-printable', (n) => `Content-Transfer-Encoding: quoted-printable\n\n${' '.repeat(n)}x`],
  ['blanks', (n) => `\n\n${' '.repeat(n)}x`],
  ['comments that never end', (n) => `Content-Type: text/html\n\n${'<!--'.repeat(n / 4)}`],
  ['scripts that never end', (n) => `Content-Type: text/html\n\n${'<script '.repeat(n / 8)}`],
  ['styles with half an end', (n) => `Content-Type: text/html\n\n${'<style></style '.repeat(n / 15)}`],
  ['both in turn', (n) => `Content-Type: text/html\n\n${'<script><style>'.repeat(n / 15)}`],
  ['tags that never end', (n) => `Content-Type: text/html\n\n${'<a'.repeat(n / 2)}`],
  ['tags with a space that never end', (n) => `Content-Type: text/html\n\n${'<a '.repeat(n / 3)}`],
  ['ends of tags', (n) => `Content-Type: text/html\n\n${'</script '.repeat(n / 9)}`],
  ['entities', (n) => `Content-Type: text/html\n\n${'&#x'.repeat(n / 3)}`],
  ['encoded words that never end', (n) => `Subject: ${'=?utf-8?q?'.repeat(n / 10)}\n\n`],
  ['encoded words far apart', (n) => `Subject: ${`?=${' '.repeat(50)}`.repeat(n / 52)}\n\n`],
  ['a header of colons', (n) => `${':'.repeat(n)}\n\n`],
  ['a header of blanks', (n) => `Subject:${' '.repeat(n)}\n\n`],
  ['folded lines', (n) => `Subject: x${'\n '.repeat(n / 2)}\n\n`],
  ['parameters', (n) => `Content-Type: multipart/mixed;${' b='.repeat(n / 3)}\n\n`],
  ['parameters in open quotes', (n) => `Content-Type: multipart/mixed;${'; b="'.repeat(n / 5)}\n\n`],
  ['boundaries', (n) => `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(n / 4)}`],
  ['base64 of padding', (n) => `Content-Transfer-Encoding: base64\n\n${'='.repeat(n)}`],
  ['soft line breaks', (n) => `Content-Transfer-Encoding: quoted-printable\n\n${'=\n'.repeat(n / 2)}`],
  ['carriage returns', (n) => '\r'.repeat(n)],
  ['messages in messages', (n) => 'Content-Type: message/rfc822\n\n'.repeat(n / 30)],
];

describe('hostile mail', () => {
  it.each(HOSTILE)('%s: read in time that grows with the length', (_, write) => {
    const start = performance.now();
    mailText(latin(write(1_000_000)));
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('with parts in parts is read down to a depth that no real mail has', () => {
    const nested = (depth: number) => {
      let mail = 'Content-Type: text/plain\n\nwords';
      for (let i = 0; i < depth; i++)
        mail = `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n${mail}\n--b${i}--\n`;
      return latin(mail);
    };
    expect(mailText(nested(30))).toBe('words');
    expect(mailText(nested(20_000))).toBe('');
  });

  it.each([
    ['a text', 'Subject: x', /a mail is given as its bytes.*"Subject: x" \(a string\)/s],
    ['nothing', undefined, /a mail is given as its bytes/],
    ['numbers', new Float32Array(3), /a mail is given as its bytes/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => mailText(bytes as unknown as Uint8Array)).toThrow(message);
  });

  it('refuses options that nobody reads', () => {
    expect(() => mailText(utf8(''), { header: 'all' } as never)).toThrow(/did you mean 'headers'/);
    expect(() => mailText(utf8(''), { headers: 'some' as never })).toThrow(/headers: unknown.*subject, none, all/s);
  });
});

describe('spamAssassin', () => {
  let corpus: SpamAssassin;
  beforeAll(async () => {
    corpus = await spamAssassin({ seed: 3 });
  });

  it('is the real corpus without repetitions', () => {
    const texts = [...corpus.train.texts, ...corpus.test.texts];
    const labels = [...corpus.train.labels, ...corpus.test.labels];
    expect(new Set(texts).size).toBe(texts.length);
    expect([texts.length, labels.filter((label) => label === 1).length]).toEqual([5915, 1807]);
    expect(corpus.test.texts.length).toBe(Math.round(texts.length * 0.2));
    expect(texts.filter((text) => text.includes('\ufffd')).length).toBeLessThan(5);
  });

  it('puts like shares of spam into both parts', () => {
    const share = (labels: number[]) => labels.reduce((sum, label) => sum + label, 0) / labels.length;
    expect(Math.abs(share(corpus.train.labels) - share(corpus.test.labels))).toBeLessThan(0.05);
  });

  it('has words that tell spam from ham on the right sides', () => {
    const rate = (word: string, label: number) => {
      const texts = corpus.train.texts.filter((_, i) => corpus.train.labels[i] === label);
      return texts.filter((text) => text.toLowerCase().includes(word)).length / texts.length;
    };
    expect(rate('money', 1)).toBeGreaterThan(3 * rate('money', 0));
    expect(rate('wrote:', 0)).toBeGreaterThan(10 * rate('wrote:', 1));
  });
});

describe('spamAssassin from a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-mail-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    for (const [group, count] of [
      ['easy_ham', 6],
      ['hard_ham', 2],
      ['spam_2', 4],
      ['other', 3],
    ] as const) {
      mkdirSync(join(folder, group));
      for (let i = 0; i < count; i++)
        writeFileSync(join(folder, group, `000${i}.txt`), `Subject: ${group}\n\nnumber ${i}`);
    }
    writeFileSync(join(folder, 'easy_ham', 'cmds'), 'mv a b');
    writeFileSync(join(folder, 'spam_2', '0009.txt'), 'Subject: spam_2\n\nnumber   0\n');
  });

  const all = ({ train, test }: SpamAssassin) => [...train.texts, ...test.texts].sort();

  it('reads the layout of the archives, and the label from the name of the group', async () => {
    const { train, test } = await spamAssassin({ directory: folder, testFraction: 0.25 });
    expect([train.texts.length, test.texts.length]).toEqual([9, 3]);
    for (const { texts, labels } of [train, test]) {
      expect(labels).toEqual(texts.map((text) => (text.startsWith('spam') ? 1 : 0)));
    }
  });

  it('keeps repetitions where asked', async () => {
    const once = all(await spamAssassin({ directory: folder }));
    const twice = all(await spamAssassin({ directory: folder, deduplicate: false }));
    expect(twice.length - once.length).toBe(1);
    expect(new Set(twice)).toEqual(new Set(once));
  });

  it('splits by seed', async () => {
    const one = await spamAssassin({ directory: folder, seed: 1 });
    expect(await spamAssassin({ directory: folder, seed: 1 })).toEqual(one);
    const two = await spamAssassin({ directory: folder, seed: 2 });
    expect(two.train.texts).not.toEqual(one.train.texts);
    expect(all(two)).toEqual(all(one));
  });

  it('refuses a test fraction that is no number', async () => {
    await expect(spamAssassin({ directory: folder, testFraction: Number.NaN })).rejects.toThrow(/testFraction.*NaN/s);
  });

  it.each([0, 1, -0.5])('refuses a test fraction of %d', async (testFraction) => {
    await expect(spamAssassin({ directory: folder, testFraction })).rejects.toThrow(/must be between 0 and 1/);
  });

  it('says where there are no messages, and where there is no folder', async () => {
    await expect(spamAssassin({ directory: join(folder, 'easy_ham') })).rejects.toThrow(/there are no messages/);
    await expect(spamAssassin({ directory: join(folder, 'nowhere') })).rejects.toThrow(
      /the folder cannot be read.*ENOENT/s,
    );
  });
});
