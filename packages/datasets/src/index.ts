/**
 * Data sets, text preprocessing and image decoding for Espalier.
 *
 * @module datasets
 */
export { type DecodeImageOptions, decodeImage } from './image/decodeImage.js';
export type { HostImage } from './image/HostImage.js';
export { type ImageTensorData, type ImageToTensorOptions, imageToTensorData } from './image/imageToTensorData.js';
export { type ResizeOptions, resizeImage } from './image/resizeImage.js';
export { type GrayscaleOptions, toGrayscale } from './image/toGrayscale.js';
export { downloadFolder, installedFolder } from './io/dataFolders.js';
export { toCategorical } from './labels/toCategorical.js';
export { type MailTextOptions, mailText } from './mail/mailText.js';
export { type SpamAssassin, type SpamAssassinOptions, spamAssassin } from './mail/spamAssassin.js';
export { stripHtml } from './mail/stripHtml.js';
export type { MnistOptions } from './mnist/MnistOptions.js';
export { type Mnist, type MnistArrays, mnist } from './mnist/mnist.js';
export { type IdxArray, parseIdx } from './mnist/parseIdx.js';
export { type PadSequencesOptions, padSequences, type Sequence } from './text/padSequences.js';
export { type LabelledTexts, sentences } from './text/sentences.js';
export type { MatrixMode } from './text/sequencesToMatrix.js';
export { Tokenizer, type TokenizerOptions, type TokenizerText } from './text/Tokenizer.js';
export { DEFAULT_FILTERS, type TextToWordsOptions, textToWords } from './text/textToWords.js';
export type { TokenizerConfig } from './text/tokenizerConfig.js';
