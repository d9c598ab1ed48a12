const train = require('./train.cjs');
const { cjs } = require('./packages.json');

train('cjs', require, cjs);
