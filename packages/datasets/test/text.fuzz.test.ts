import { mailText, padSequences, stripHtml, Tokenizer, textToWords } from '@espalier/datasets';
import { fuzz } from '@espalier/testing';
import { expect, it } from 'vitest';
import { golden } from './golden.js';

const MAILS = [
  'Subject: =?iso-8859-1?Q?=A1Hola!?=\n =?UTF-8?B?IOKCrA==?=\nContent-Type: text/html; charset="utf-8"\n\n<p>Bu<b>y</b> &amp; <!-- x --> now</p><style>a {}</style>',
  'Content-Type: multipart/alternative; boundary=b\n\nhi\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9 =\nau lait  \n--b\nContent-Type: text/html\n\n<a href="x">no</a>\n--b--\n',
  'Content-Type: multipart/mixed; boundary="c d"\r\n\r\n--c d\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOf\r\nZQ==\r\n--c d\r\nContent-Type: image/png\r\n\r\n\r\n--c d--',
  'From me\nSubject: plain\nContent-Type: text/plain; charset=koi8-r\n\n\u00d0\u00d2\u00c9',
];

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('mailText gives a text, whatever the bytes', async () => {
  await fuzz({ name: 'mail', corpus: MAILS, run: (bytes) => expect(typeof mailText(bytes)).toBe('string') });
});

it('stripHtml and textToWords give a text, whatever the page', async () => {
  const run = (bytes: Uint8Array) => textToWords(stripHtml(decode(bytes)));
  await fuzz({ name: 'html', corpus: MAILS, run });
});

it('Tokenizer.fromJSON gives a tokenizer that works, or says what is damaged', async () => {
  const saved = golden<{ tokenizers: { json: string }[] }>('text').tokenizers.map(({ json }) => json);
  const run = (bytes: Uint8Array) => {
    const tokenizer = Tokenizer.fromJSON(decode(bytes));
    const sequences = tokenizer.textsToSequences(['the cat sat']);
    tokenizer.sequencesToTexts(sequences);
    if (sequences.some((sequence) => sequence.length > 0)) padSequences(sequences);
    tokenizer.fitOnTexts(['one more']);
    Tokenizer.fromJSON(JSON.stringify(tokenizer));
  };
  await fuzz({ name: 'tokenizer', corpus: saved, run });
});
