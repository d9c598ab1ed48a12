/**
 * Brings a mail's text to words that occur often enough to be learned: every address, number and sign that tells spam
 * from ham becomes one word of its own. The tokenizer would drop the signs, and no two web addresses are the same.
 */
export function mailWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?:https?:\/\/|www\.)\S+/g, ' xxurl ')
    .replace(/\S+/g, (word) => (/\S@\S/.test(word) ? ' xxmail ' : word))
    .replace(/\d[\d.,]*/g, ' xxnumber ')
    .replace(/[!$?%]/g, (sign) => ` ${SIGNS[sign]} `);
}

const SIGNS: Readonly<Record<string, string>> = { '!': 'xxbang', $: 'xxdollar', '?': 'xxquestion', '%': 'xxpercent' };
