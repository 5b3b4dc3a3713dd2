export {
  type Choice,
  defaultsOf,
  describeChoice,
  nameOf,
  numberOf,
  numberOrNull,
  type Piece,
  type Setting,
  type Settings,
  settingsOf,
  textIfAny,
  textOf,
  withoutDefaults,
} from './piece.js';
export { Registry } from './registry.js';
