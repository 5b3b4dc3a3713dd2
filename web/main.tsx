import { render } from 'preact';
import '../core/report/assets/page.css';
import '../core/report/assets/tables.css';
import './styles/page.css';
import './styles/parts.css';
import { App } from './app.js';
import { applyTheme } from './theme.js';

applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
