import { Module } from '../module/Module.js';

/** A module that trains. */
export abstract class Model extends Module {
  stopTraining = false;
}
