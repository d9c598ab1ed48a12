/**
 * `text` with each span from what `open` finds to the `close` behind it replaced; an opening that nothing closes stays.
 * Unlike one expression for the whole span, which looks for the end anew from every opening, this reads the text once: foreign
 * text of any kind takes time in proportion to its length.
 *
 * @param open Global; matches what a span begins with.
 * @param close Global; matches what a span ends with.
 * @param by What takes the span's place, from the match of its beginning.
 */
export function cutSpans(text: string, open: RegExp, close: RegExp, by: (opening: RegExpExecArray) => string): string {
  let kept = '';
  let from = 0;
  while (true) {
    open.lastIndex = from;
    const opening = open.exec(text);
    if (opening === null) break;
    close.lastIndex = open.lastIndex;
    // Where nothing closes this one, nothing closes those behind it.
    if (close.exec(text) === null) break;
    kept += text.slice(from, opening.index) + by(opening);
    from = close.lastIndex;
  }
  return kept + text.slice(from);
}
