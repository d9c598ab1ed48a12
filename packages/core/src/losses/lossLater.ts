/** What every loss of Keras takes, and those here do not. */
export const lossLater = { reduction: 'the mean over the batch is minimised, always', dtype: '' };
