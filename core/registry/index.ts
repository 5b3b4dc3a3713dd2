export {
  type Choice,
  describeChoice,
  nameOf,
  numberOf,
  type Piece,
  type Setting,
  type Settings,
  settingsOf,
} from './piece.js';
export { Registry } from './registry.js';
