import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recipes } from '../src/recipes/recipes.js';
import { bar } from '../src/terminal/bar.js';
import { drawImage } from '../src/terminal/drawImage.js';
import { renderFacts } from '../src/terminal/facts.js';
import { LiveLine } from '../src/terminal/LiveLine.js';
import { duration, figure, percent, words } from '../src/terminal/numbers.js';
import { Output } from '../src/terminal/Output.js';
import { type ProgressState, progressText } from '../src/terminal/progressText.js';
import { safeJson, safeText } from '../src/terminal/safeText.js';
import { shellWord } from '../src/terminal/shellWord.js';
import { showPredictions } from '../src/terminal/showPredictions.js';
import { makeStyle, styleFor } from '../src/terminal/style.js';
import { renderTable } from '../src/terminal/table.js';
import { oneLine, pad, sideBySide, textWidth, truncate } from '../src/terminal/width.js';
import { wrapLine } from '../src/terminal/wrap.js';

const plain = makeStyle(false);

describe('numbers', () => {
  test.each([
    [0, '0'],
    [0.123456, '0.1235'],
    [4.17e-7, '4.17e-7'],
    [123.456, '123.5'],
    [Number.NaN, 'NaN'],
  ])('figure %d is %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  test.each([
    [0.04, '0.0 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3725, '1 h 02 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test('shares and names', () => {
    expect([percent(0.98425), percent(1, 0)]).toEqual(['98.42 %', '100 %']);
    expect(words('valAccuracy')).toBe('val accuracy');
  });
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['\x1b[31mred\x1b[39m', 3],
    ['🙂', 2],
  ])('%j takes %d columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });

  test('truncating and padding never leave the columns given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        const clean = oneLine(text);
        expect(textWidth(truncate(clean, width))).toBeLessThanOrEqual(width);
        expect(textWidth(pad(truncate(clean, width), width))).toBe(width);
      }),
    );
  });

  test('texts from outside cannot move the cursor', () => {
    expect(oneLine('a\x1b[2Jb\r\n\tc\u202ed\x07')).toBe('ab c d');
  });

  test('blocks share a row where they fit', () => {
    const blocks = [['aa', 'aa'], ['bb'], ['cc']];
    expect(sideBySide(blocks, 7, 3)).toEqual(['aa   bb', 'aa', '', 'cc']);
    expect(sideBySide(blocks, 1, 3)).toEqual(['aa', 'aa', '', 'bb', '', 'cc']);
  });
});

describe('text from outside', () => {
  test.each([
    ['a sequence that clears', 'a\x1b[2Jb', 'ab'],
    ['a title', 'a\x1b]0;evil\x07b', 'ab'],
    ['a link', 'a\x1b]8;;http://x\x1b\\b', 'ab'],
    ['a C1 sequence', 'a\x9b2Jb', 'ab'],
    ['a C1 title', 'a\x9d0;evil\x9cb', 'ab'],
    ['a bare escape', 'a\x1bcb', 'ab'],
    ['a cut sequence', 'a\x1b[', 'a'],
    ['bell and backspace', 'a\x07\x08b', 'a b'],
    ['carriage return', 'good\revil', 'good evil'],
    ['delete and null', 'a\x7f\x00b', 'a b'],
    ['directions', 'a\u202e\u2066b', 'a b'],
    ['zero width', 'a\u200b\ufeffb', 'a b'],
    ['lines of Unicode', 'a\u2028\u0085b', 'a b'],
    ['fillers', 'a\u3164b', 'a b'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['piled marks', `a${'\u0301'.repeat(99)}b`, `a${'\u0301'.repeat(4)}b`],
    ['what is harmless', 'Grüße, 日本 🙂 e\u0301', 'Grüße, 日本 🙂 e\u0301'],
  ])('%s', (_, text, safe) => {
    expect(oneLine(text)).toBe(safe);
  });

  test('nothing but line feeds is left of controls, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, colours) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
        const safe = safeText(text, colours).replace(/\x1b\[(?:\d{1,2}|38;5;\d+;48;5;\d+)m/g, '');
        expect(safe).not.toMatch(/[\p{Cs}\p{Cf}]|\p{Cc}(?<!\n)/u);
      }),
    );
  });

  test('what is printed keeps our colours and no other sequence', () => {
    const written: string[] = [];
    const stdout = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
    const output = new Output(false, { stdout, stderr: stdout, env: { TERM: 'xterm' } });
    output.print(`${output.style.red('x\x1b[8m\x1b[2J')}\u202e`);
    output.command('a\x1b[2J\nb');
    expect(written).toEqual(['\x1b[31mx\x1b[39m \n', '  a b\n']);
  });

  test('events are the same data, with nothing in them that a terminal obeys', () => {
    const value = { a: 'x\x1b\x9b\x7f\u202e\u2028\ufeff\u{e0001}\ud800' };
    expect(safeJson(value)).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(safeJson(value))).toEqual(value);
  });
});

describe('any width from 20', () => {
  const rows = [
    ['measured on', '10,000 test examples, in 3.4 s'],
    ['backend', 'wasm: CPU (WebAssembly SIMD), 2 threads, relaxed'],
  ];

  test('facts are a table where there is room, and lines where there is none', () => {
    expect(renderFacts(rows, { width: 80, style: plain })).toEqual(renderTable(rows, { style: plain }));
    for (let width = 20; width < 80; width++) {
      const lines = renderFacts(rows, { width, style: plain });
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
      expect(lines.join(' ').replace(/ +/g, ' ')).toContain('2 threads, relaxed');
    }
  });

  test('lines break between words, and go on below their text', () => {
    expect(wrapLine('  mend: check the path', 14)).toEqual(['  mend: check', '    the path']);
    expect(wrapLine('x'.repeat(30), 20)).toEqual(['x'.repeat(30)]);
    expect(wrapLine('short', 20)).toEqual(['short']);
  });

  test('predictions fit', async () => {
    for (const recipe of recipes) {
      for (const width of [20, 30, 40, 80, 200]) {
        const written: string[] = [];
        const stdout = { isTTY: true, columns: width, write: (text: string) => written.push(text) };
        const output = new Output(false, { stdout, stderr: stdout, env: { TERM: 'xterm-256color' } });
        const raw =
          recipe.name === 'mnist-cnn'
            ? { width: 28, height: 28, channels: 1, data: new Uint8Array(784).fill(255, 300, 500) }
            : 'I love AI, and all that it brings to us';
        const example = recipe.see(raw);
        const probabilities = recipe.classes.map((_, i) => (i === 1 ? 1 : 0));
        showPredictions([{ name: 'a file.png', example, probabilities, notes: ['resized'] }], recipe, output);
        const widest = Math.max(...written.join('').split('\n').map(textWidth));
        expect(widest, `${recipe.name} at ${width}`).toBeLessThanOrEqual(width);
      }
    }
  });

  test.each([
    [{ TERM: 'dumb' }, false],
    [{ NO_COLOR: '1' }, false],
    [{ CI: 'true' }, false],
    [{ TERM: 'xterm' }, true],
  ])('with %j lines are redrawn: %s', (env, live) => {
    const stdout = { isTTY: true, columns: 80, write: () => {} };
    expect(new Output(false, { stdout, stderr: stdout, env }).isLive).toBe(live);
  });
});

describe('progress', () => {
  const state: ProgressState = {
    epoch: 3,
    epochs: 10,
    step: 938,
    steps: 1875,
    stepsPerSecond: 141.7,
    remaining: 83,
    figures: { loss: 0.1234, accuracy: 0.9712 },
  };

  test('shows everything where there is room', () => {
    const line = progressText(state, 120, plain);
    expect(line).toBe(
      `Epoch 3/10  ${'━'.repeat(14)}${'─'.repeat(14)}  938/1875  loss 0.1234  accuracy 0.9712  142 steps/s  ETA 1 min 23 s`,
    );
  });

  test('gives up the least important first', () => {
    const line = progressText(state, 60, plain);
    expect(line).toContain('loss 0.1234');
    expect(line).not.toContain('steps/s');
  });

  test('fits into any number of columns, and coloured as well', () => {
    for (const style of [plain, makeStyle(true)]) {
      for (let columns = 1; columns < 140; columns++) {
        expect(textWidth(progressText(state, columns, style))).toBeLessThanOrEqual(columns);
        expect(textWidth(progressText({ ...state, steps: undefined }, columns, style))).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('a live line is one write, redrawn in place, and leaves the cursor visible', () => {
    const writes: string[] = [];
    const line = new LiveLine({ isTTY: true, columns: 20, write: (text) => writes.push(text) }, 0);
    line.update((columns) => 'x'.repeat(columns));
    line.update(() => 'y');
    line.clear();
    line.clear();
    expect(writes).toEqual([`\x1b[?25l\r${'x'.repeat(19)}\x1b[K`, '\ry\x1b[K', '\r\x1b[K\x1b[?25h']);
  });

  test('a live line is redrawn no more often than asked, and not at all in a file', () => {
    const writes: string[] = [];
    const line = new LiveLine({ isTTY: true, write: (text) => writes.push(text) }, 1000);
    line.update(() => 'a');
    line.update(() => 'b');
    expect(writes).toHaveLength(1);
    const file = new LiveLine({ write: (text) => writes.push(text) }, 0);
    file.update(() => 'c');
    file.clear();
    expect(writes).toHaveLength(1);
  });
});

describe('drawing', () => {
  test('a bar grows by eighths', () => {
    expect([bar(0, 2), bar(1 / 16, 2), bar(0.5, 2), bar(1, 2), bar(7, 2)]).toEqual(['  ', '▏ ', '█ ', '██', '██']);
  });

  test('an image is two pixels a character, without its empty margin', () => {
    const pixels = new Float32Array(6 * 6);
    for (const at of [2 * 6 + 2, 2 * 6 + 3, 3 * 6 + 3]) pixels[at] = 1;
    expect(drawImage({ width: 6, height: 6, pixels }, false)).toEqual(['▀█']);
    expect(drawImage({ width: 6, height: 6, pixels }, false, 0)).toEqual(['      ', '  ▀█  ', '      ']);
    expect(drawImage({ width: 6, height: 6, pixels }, true)).toEqual([
      '\x1b[38;5;255;48;5;232m▀\x1b[38;5;255;48;5;255m▀\x1b[0m',
    ]);
  });

  test('a table aligns its columns and gives up the widest', () => {
    const rows = [
      ['a', '1'],
      ['a long name', '22'],
    ];
    expect(renderTable(rows, { style: plain, right: [1] })).toEqual(['a             1', 'a long name  22']);
    expect(renderTable(rows, { style: plain, width: 12 })).toEqual(['a         1', 'a long …  22']);
    expect(renderTable(rows, { style: makeStyle(true), head: ['x', 'y'] })[0]).toBe('\x1b[1mx            y\x1b[22m');
  });
});

test('colours are for terminals, unless they are not wanted', () => {
  expect(styleFor({ isTTY: true }, {}).colours).toBe(true);
  expect(styleFor({}, {}).colours).toBe(false);
  expect(styleFor({ isTTY: true }, { NO_COLOR: '1' }).colours).toBe(false);
  expect(styleFor({ isTTY: true }, { NO_COLOR: '' }).colours).toBe(true);
  expect(styleFor({ isTTY: true }, { TERM: 'dumb' }).colours).toBe(false);
  expect(styleFor({ isTTY: true }, { TERM: 'xterm' }).greys).toBe(false);
  expect(styleFor({ isTTY: true }, { TERM: 'xterm-256color' }).greys).toBe(true);
});

test('words are quoted where a shell would cut them', () => {
  expect([shellWord('runs/a-1'), shellWord('my run'), shellWord("it's")]).toEqual([
    'runs/a-1',
    "'my run'",
    "'it'\\''s'",
  ]);
});
